"""What the engine finds when it reads every resource of its state anew and changes nothing: a refresh, read only.

https://www.pulumi.com/docs/iac/cli/commands/pulumi_refresh/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One resource that AWS has otherwise than the state, or has no more (`gone`). `id` is its id at AWS.

    `differing` are the settings that differ, each as (the state's, AWS's): what the next update would put back. What
    the program leaves to others, such as the count of a service, is not among them.
    """

    urn: str
    kind: str
    name: str
    id: str
    gone: bool
    differing: Mapping[str, tuple[object, object]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Refresh:
    """What was found. `failed` is what the engine could not read, in its words; empty where it read all."""

    deviations: Sequence[Deviation] = ()
    failed: str = ""

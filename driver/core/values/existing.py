"""What is at AWS already of what the program wants, and what is there no more of what the state has."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from driver.core.values.checkpoint import Resource
from driver.errors import EngineFailed

ENVIRONMENT = "Environment"
"""The tag by which a resource says whose it is."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A resource that the program registers and the state doesn't have: its type, Pulumi name and inputs."""

    kind: str
    name: str
    inputs: Mapping[str, Any]

    def text(self, key: str) -> str:
        """A textual input; empty where there is none, or where it is not known yet."""
        value = self.inputs.get(key)
        return value if isinstance(value, str) else ""

    @property
    def tags(self) -> dict[str, str]:
        """The tags that it shall have."""
        tags = self.inputs.get("tags")
        return dict(tags) if isinstance(tags, Mapping) else {}

    @property
    def word(self) -> str:
        """Its type as a person says it: `LoadBalancer`."""
        return self.kind.rsplit(":", 1)[-1]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One that is there. `id` is what the provider imports it by; `label` is what a person knows it by.

    `tags` are None where it has none of its own: then it is whose what it belongs to is. `asleep` is a secret that is
    scheduled for deletion.
    """

    id: str
    label: str
    tags: Mapping[str, str] | None = None
    asleep: bool = False


class Existing(Protocol):
    """What AWS has. Every method raises Unreachable or Expired."""

    def find(self, wanted: Wanted) -> Found | None:
        """The one that would stand in the way, or be there twice; None where there is none, or none can be."""

    def wake(self, found: Found) -> None:
        """Take one back that is scheduled for deletion."""

    def gone(self, resources: Sequence[Resource]) -> Collection[str]:
        """The URNs of those that AWS has no more, as far as lists of what it has tell."""

    def asleep(self, resources: Sequence[Resource]) -> Sequence[Found]:
        """The secrets among them that are scheduled for deletion."""


class Nothing:
    """An AWS of which nobody knows anything: nothing is found, and nothing is missed."""

    def find(self, wanted: Wanted) -> Found | None:
        """None."""
        return None

    def wake(self, found: Found) -> None:
        """Nothing sleeps."""

    def gone(self, resources: Sequence[Resource]) -> Collection[str]:
        """None of them."""
        return ()

    def asleep(self, resources: Sequence[Resource]) -> Sequence[Found]:
        """None of them."""
        return ()


def check_ours(env: str, wanted: Wanted, found: Found) -> None:
    """What is there is this environment's by its tags. Raises EngineFailed where it is somebody else's, or may be."""
    if found.tags is None or found.tags.get(ENVIRONMENT) == env:
        return
    whose = found.tags.get(ENVIRONMENT)
    says = f"its tag says that it is {whose}'s" if whose else f"no tag says that it is {env}'s"
    raise EngineFailed(
        f"{wanted.word} {found.label} is there already, and {says}",
        hint=(
            f"Where it is {env}'s, tag it {ENVIRONMENT}={env}, and `slipway up {env}` takes it over as it is."
            " Where it is somebody else's, rename one of the two."
        ),
    )

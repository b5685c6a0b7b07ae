"""What maintenance asks of load balancers: an answer of their own in the place of an app's."""

from dataclasses import dataclass
from typing import Protocol

LAST = 50_000
"""The highest priority that a rule can have.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
"""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How requests reach a process: at a listener, by host names or, without any, whatever they ask for.

    What shall be asked before it has a priority below `below`.
    """

    process: str
    listener: str
    hosts: tuple[str, ...] = ()
    below: int = LAST + 1


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is answered, with status 503; `kind` is its content type. 1024 characters at most."""

    body: str
    kind: str = "text/html"


class Gates(Protocol):
    """Rules that answer in the place of an app. Each method raises NotReady without the listener, Unreachable."""

    def closed(self, way: Way) -> bool:
        """Whether there is such a rule."""

    def close(self, way: Way, page: Page) -> None:
        """Make it, or give the one that is there another page. Raises NotReady where there is no place for it."""

    def open(self, way: Way) -> bool:
        """Take it away; whether there was one."""

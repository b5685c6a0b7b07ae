"""What a backdoor asks of ECS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

RUNNING = "RUNNING"


@dataclass(frozen=True, kw_only=True)
class Inside:
    """A task of a backdoor that has not stopped: `session` when a shell can be opened in it."""

    arn: str
    status: str
    address: str
    session: bool


class Doors(Protocol):
    """The tasks of a service, by their number. Both methods raise Unreachable."""

    def count(self, cluster: str, service: str, number: int) -> None:
        """Ask for so many tasks."""

    def inside(self, cluster: str, service: str) -> Sequence[Inside]:
        """The tasks that shall run or do."""


class NoDoors:
    """Where there is no ECS."""

    def count(self, cluster: str, service: str, number: int) -> None:
        """Nobody is asked."""

    def inside(self, cluster: str, service: str) -> Sequence[Inside]:
        """There are none."""
        return ()

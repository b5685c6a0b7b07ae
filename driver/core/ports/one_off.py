"""What a one-off task asks of ECS: a task definition that is a process's own but for the command."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class OneOff:
    """A task definition to be registered: `base` is the ARN of the one that it is made from, and `family` its name.

    Image, config, roles, volumes and sidecars are those of the base; ports and health check of the app's container are
    not. `cpu` in CPU units, `memory` in MiB.
    """

    base: str
    family: str
    command: tuple[str, ...]
    cpu: int
    memory: int


class OneOffs(Protocol):
    """The task definitions of one-off tasks. Both methods raise Unreachable."""

    def register(self, asked: OneOff) -> str:
        """Register it; its ARN. Raises Refused where ECS does not take it."""

    def let_go(self, task_definition: str) -> None:
        """No task is started on it any more; those that run go on. Who may not do that leaves it."""

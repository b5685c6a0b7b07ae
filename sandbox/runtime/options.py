"""What the emulator may ask of `containers.run`, checked where it enters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

# ECS's own, where the container definition names none.
STOP_TIMEOUT = 30.0
TASK_LABEL = "com.amazonaws.ecs.task-arn"
UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@dataclass(frozen=True, kw_only=True)
class RunOptions:
    """docker-py's keywords. A task is a process of whoever runs the sandbox, at an address of its own:
    `user`, `ports` and the network and pid modes change nothing, and what would matter is refused."""

    detach: bool = True
    environment: Mapping[str, Any] | None = None
    entrypoint: Sequence[str] | None = None
    working_dir: str | None = None
    name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    stop_timeout: float | None = None
    mem_limit: int | str | None = None
    platform: str | None = None
    network: str | None = None
    volumes: Sequence[str] | None = None
    privileged: bool = False
    cap_add: Sequence[str] | None = None
    ports: Mapping[str, Any] | None = None
    user: str | None = None
    network_mode: str | None = None
    pid_mode: str | None = None
    extra_hosts: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        """Raises docker.errors.APIError for what a process can't be given."""
        if self.volumes:
            refuse("the process runtime has no volumes")
        if self.privileged or self.cap_add:
            refuse("the process runtime gives no privileges or capabilities")

    @property
    def task(self) -> str:
        """The ARN of the task that the container is part of, or nothing."""
        return self.labels.get(TASK_LABEL, "")

    @property
    def variables(self) -> dict[str, str]:
        """The environment, all text."""
        return {name: str(value) for name, value in (self.environment or {}).items()}

    @property
    def metadata(self) -> dict[str, str]:
        """The address of a task's metadata, in which its id is; nobody answers there.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
        """
        task = self.task.rpartition("/")[2]
        return {"ECS_CONTAINER_METADATA_URI_V4": f"http://127.0.0.1:9/v4/{task}-0000000000"} if task else {}

    @property
    def patience(self) -> float:
        """Seconds from SIGTERM to SIGKILL."""
        return STOP_TIMEOUT if self.stop_timeout is None else float(self.stop_timeout)

    @property
    def memory(self) -> int:
        """Hard limit in bytes, 0 for none; docker's `512m` is understood."""
        found = re.fullmatch(r"(\d+)([bkmg]?)", str(self.mem_limit or 0).lower())
        if not found:
            refuse(f"invalid memory limit {self.mem_limit!r}; bytes, or a number with k, m or g, will do")
        return int(found[1]) * UNITS[found[2]]


def refuse(message: str, cause: BaseException | None = None) -> NoReturn:
    """Raise docker.errors.APIError, which ECS shows as why the task did not start."""
    from docker.errors import APIError

    raise APIError(message) from cause

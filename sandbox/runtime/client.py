"""The process runtime as one object with docker-py's client face, and how the emulator is joined to it."""

import shutil
from pathlib import Path
from typing import Any

from sandbox.host.loopback_net import Network

from .container import Container
from .containers import Containers
from .images import Images, Refusal
from .options import TASK_LABEL
from .registry import Registries
from .supervisor_client import Programs
from .task_dirs import Places

NAME_LABEL = "com.amazonaws.ecs.container-name"
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"


class ProcessRuntime:
    """Runs containers as processes: `images` and `containers` are what the emulator uses of a Docker client."""

    def __init__(
        self, folder: Path, network: Network, programs: Programs, registries: Registries, refusal: Refusal
    ) -> None:
        """`folder` holds `images`, which stays from run to run, and `tasks`, which is emptied."""
        for left in (folder / "tasks").iterdir():
            shutil.rmtree(left, ignore_errors=True)
        for draft in (folder / "images").glob("draft-*"):
            shutil.rmtree(draft, ignore_errors=True)
        self.images = Images(registries, folder / "images", refusal)
        self.containers = Containers(self.images, programs, Places(folder / "tasks", network), report_exit)


def join(folder: Path, network: Network, programs: Programs, registries: Registries) -> ProcessRuntime:
    """Make the runtime and have the emulator's ECS use it in place of Docker."""
    from ministack.services import ecs

    # The emulator says CannotPullContainerError for this error alone, whichever way a task starts.
    runtime = ProcessRuntime(folder, network, programs, registries, ecs._ImagePullError)
    ecs._docker = runtime
    return runtime


def report_exit(container: Container) -> None:
    """Write the true exit code, and why memory ended it, into the emulator's task.

    The emulator puts 0 for every container that it stops itself, and knows no reason.
    """
    from ministack.services import ecs

    task_arn, name = container.labels.get(TASK_LABEL), container.labels.get(NAME_LABEL)
    for (_, _, arn), task in ecs._tasks.all_items():
        if arn == task_arn:
            for record in task.get("containers", []):
                if record.get("name") == name:
                    _note(record, container)


def _note(record: dict[str, Any], container: Container) -> None:
    record["exitCode"] = container.running.code
    if container.running.out_of_memory:
        record["reason"] = OUT_OF_MEMORY

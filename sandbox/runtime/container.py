"""One task process with docker-py's face."""

import signal as signals
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .output import Output
from .supervisor_client import Programs, Running


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What names a container: `labels` are the emulator's, among them the task's ARN and the container's name."""

    id: str
    name: str
    image: str
    labels: dict[str, str]
    address: str
    network: str
    # Seconds from SIGTERM to SIGKILL: the container definition's, whatever the emulator says when it stops one.
    stop_timeout: float


@dataclass(eq=False)
class Container:
    """docker-py's Container, as far as the emulator uses it. Its end is final: nothing is ever restarted."""

    identity: Identity
    output: Output
    programs: Programs
    running: Running
    on_remove: Callable[["Container"], None]
    created: str
    finished: str = ""
    removed: threading.Event = field(default_factory=threading.Event)

    @property
    def id(self) -> str:
        """64 hexadecimal digits."""
        return self.identity.id

    @property
    def name(self) -> str:
        """The name that it was started under."""
        return self.identity.name

    @property
    def labels(self) -> dict[str, str]:
        """The labels that it was started with."""
        return self.identity.labels

    @property
    def status(self) -> str:
        """`running` or `exited`."""
        return "exited" if self.running.ended.is_set() else "running"

    @property
    def attrs(self) -> dict[str, Any]:
        """What `docker inspect` shows, as far as anybody looks."""
        who, ended = self.identity, self.running.ended.is_set()
        return {
            "Id": who.id,
            "Name": who.name,
            "Created": self.created,
            "Labels": who.labels,
            "Config": {"Image": who.image, "Labels": who.labels},
            "State": {
                "Status": self.status,
                "Pid": 0 if ended else self.running.pid,
                "ExitCode": self.running.code or 0,
                "OOMKilled": self.running.out_of_memory,
                "FinishedAt": self.finished,
            },
            "NetworkSettings": {"Networks": {who.network: {"IPAddress": who.address}}},
        }

    def reload(self) -> None:
        """Nothing to do: what is shown is always current."""

    def wait(self, timeout: float | None = None) -> dict[str, Any]:
        """Until it has ended; raises TimeoutError after `timeout` seconds."""
        if not self.running.ended.wait(timeout):
            raise TimeoutError(f"{self.name} still runs after {timeout:g} s")
        return {"StatusCode": self.running.code, "Error": None}

    def logs(
        self,
        *,
        stdout: bool = True,
        stderr: bool = True,
        stream: bool = False,
        follow: bool = False,
        tail: int | str = "all",
    ) -> bytes | Iterator[bytes]:
        """What it printed; with `stream` as it prints it, in chunks of whole lines, to its end."""
        if stream:
            return self.output.lines()
        return self.output.tail(None if tail == "all" else int(tail))

    def stop(self, timeout: float = 10) -> None:
        """SIGTERM, and SIGKILL after the definition's stop timeout; returns when it has ended.

        `timeout` is what the emulator asks of Docker for every task alike. ECS takes the container
        definition's, so that one is taken here.
        """
        self.programs.stop(self.id, self.running, self.identity.stop_timeout)

    def kill(self, signal: str | int = "SIGKILL") -> None:
        """Send a signal; SIGKILL goes to all of its processes."""
        number = signals.Signals[signal] if isinstance(signal, str) else signals.Signals(signal)
        self.programs.signal(self.id, number, everybody=number == signals.SIGKILL)

    def remove(self, v: bool = False, force: bool = False) -> None:
        """Forget it; raises docker.errors.APIError while it runs, unless `force`."""
        if not self.running.ended.is_set():
            if not force:
                from docker.errors import APIError

                raise APIError(f"cannot remove container {self.name}: container is running: stop it first")
            self.kill()
            self.running.ended.wait()
        self.removed.set()
        self.on_remove(self)


def now() -> str:
    """This moment as Docker writes it."""
    return datetime.now(UTC).isoformat()

"""The sandbox's folder on disk: where everything lies, and the record of what runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import SandboxError


class Record(BaseModel):
    """`sandbox.json`: what a running sandbox listens on; it outlives the process so that ports stay the same."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    pid: int
    started: int
    net: int
    region: str
    account: str
    pace: float
    port: int
    mirror_port: int
    vault_port: int
    vault_token: str
    engine: str = ""

    @property
    def endpoint(self) -> str:
        """Where the AWS emulator answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def mirror(self) -> str:
        """Where the stand-in for public registries answers."""
        return f"http://127.0.0.1:{self.mirror_port}"

    @property
    def vault(self) -> str:
        """Where OpenBao answers."""
        return f"http://127.0.0.1:{self.vault_port}"


@dataclass(frozen=True)
class Folder:
    """The paths inside one sandbox folder; `path` is absolute."""

    path: Path

    @property
    def record_file(self) -> Path:
        """Ports, urls and the Vault token; readable by its owner only."""
        return self.path / "sandbox.json"

    @property
    def pid_file(self) -> Path:
        """`<pid> <start time in clock ticks since boot>` of the background process."""
        return self.path / "sandbox.pid"

    @property
    def log(self) -> Path:
        """Logs of the background process and of OpenBao."""
        return self.path / "log"

    @property
    def bin(self) -> Path:
        """Launchers of the stand-in provider plugins."""
        return self.path / "bin"

    @property
    def plugins(self) -> Path:
        """The socket on which the plugins' warm process takes orders."""
        return self.path / "plugins.sock"

    @property
    def pulumi(self) -> Path:
        """PULUMI_HOME of this sandbox."""
        return self.path / "pulumi"

    @property
    def tasks(self) -> Path:
        """One folder per task: its root, its home and its log."""
        return self.path / "tasks"

    @property
    def images(self) -> Path:
        """Unpacked images, one folder per manifest digest."""
        return self.path / "images"

    def make(self) -> None:
        """Create the folder and its parts, closed to other users."""
        for part in (self.path, self.log, self.bin, self.pulumi, self.tasks, self.images):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)

    def read(self) -> Record | None:
        """The last record, or None when there is none; raises SandboxError when it can't be understood."""
        try:
            return Record.model_validate_json(self.record_file.read_text())
        except FileNotFoundError:
            return None
        except (ValidationError, OSError) as error:
            raise SandboxError(
                f"{self.record_file} can't be read: {type(error).__name__}",
                f"remove {self.record_file} and run `slipway sandbox up`",
            ) from error

    def write(self, record: Record) -> None:
        """Replace the record in one step, so that a reader never sees half of it."""
        draft = self.record_file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(record.model_dump_json(indent=2) + "\n")
        draft.replace(self.record_file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Held by `up`, `down` and `reset`, so that two of them never act on one folder at once."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as file:
            try:
                flock(file, LOCK_EX | LOCK_NB)
            except BlockingIOError as error:
                raise SandboxError(
                    f"another command is starting or stopping the sandbox in {self.path}",
                    "wait until it has ended, then try again",
                ) from error
            yield

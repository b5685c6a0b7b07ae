"""What each task has of its own: a copy of the image's files, a home, an address, a port."""

import shutil
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sandbox.host.loopback_net import Network

from .tcp_relay import Relay, Relays


@dataclass(frozen=True)
class Place:
    """One container's own; `port` is what its program finds in PORT, 0 where the definition sets none."""

    folder: Path
    task: str
    address: str
    port: int
    relay: Relay | None

    @property
    def root(self) -> Path:
        """What `/` is in the image."""
        return self.folder / "root"

    @property
    def home(self) -> Path:
        """HOME of the program."""
        return self.folder / "home"

    @property
    def log(self) -> Path:
        """All that the program printed."""
        return self.folder / "output.log"


class Places:
    """Hands out places and takes them back. Thread-safe."""

    def __init__(self, folder: Path, network: Network) -> None:
        self._folder, self._network = folder, network
        self._relays = Relays()
        self._guard = threading.Lock()
        # Containers of one task share its address, as on Fargate.
        self._addresses: dict[str, str] = {}
        self._users: Counter[str] = Counter()

    def take(self, name: str, task: str, files: Path, port: str | None) -> Place:
        """A place for a new container; `port` is the definition's PORT.

        Several tasks on this machine want the same port on all addresses. So each program is told a
        free port of its own, and the definition's port of the task's address leads there.
        """
        folder = self._folder / name
        address = self._address(task)
        try:
            (folder / "home").mkdir(parents=True)
            shutil.copytree(files, folder / "root", symlinks=True)
            inner, relay = self._door(address, port)
        except BaseException:
            self._leave(task, address)
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return Place(folder, task, address, inner, relay)

    def give_back(self, place: Place) -> None:
        """After the program's end: all but its output, which `clear` removes."""
        if place.relay:
            self._relays.close(place.relay)
            self._network.release_port(place.port)
        self._leave(place.task, place.address)
        shutil.rmtree(place.root, ignore_errors=True)
        shutil.rmtree(place.home, ignore_errors=True)

    def clear(self, place: Place) -> None:
        """Remove what is left of it."""
        shutil.rmtree(place.folder, ignore_errors=True)

    def _door(self, address: str, port: str | None) -> tuple[int, Relay | None]:
        if not port or not port.isdigit():
            return 0, None
        inner = self._network.port()
        return inner, self._relays.open(address, int(port), inner)

    def _address(self, task: str) -> str:
        with self._guard:
            address = self._addresses.get(task) or self._network.task_address()
            if task:
                self._addresses[task] = address
            self._users[address] += 1
            return address

    def _leave(self, task: str, address: str) -> None:
        with self._guard:
            self._users[address] -= 1
            if not self._users[address]:
                del self._users[address]
                self._addresses.pop(task, None)
                self._network.release(address)

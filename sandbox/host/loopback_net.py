"""The loopback /16 of one sandbox: taken for as long as the process lives, handed out address by address."""

import socket
import threading

from sandbox.errors import SandboxError

from . import listening_sockets

# Loopback is 127.0.0.0/8, and Linux answers on all of it without configuration.
NETS = range(77, 127)
LOCK_PORT = 17177
TASK_BLOCKS = range(200)
BALANCER_BLOCKS = range(200, 255)
HOSTS = range(1, 255)
# Outside 32768-60999, from which the kernel takes the ports of outgoing connections by default.
FIRST_PORT, PORTS_PER_NET = 10000, 450


class Network:
    """One 127.N.0.0/16; `close` gives it back, and so does the end of the process, however it ends."""

    def __init__(self, number: int, lock: socket.socket) -> None:
        self.number = number
        self._lock = lock
        self._guard = threading.Lock()
        self._taken: set[str] = set()
        self._next = {"task": 0, "balancer": 0}
        self._ports: set[int] = set()
        self._next_port = 0

    def close(self) -> None:
        """Let another sandbox have this net."""
        self._lock.close()

    def task_address(self) -> str:
        """A free address for a task; the longest unused comes last, so a stale client meets nobody."""
        return self._address("task", TASK_BLOCKS)

    def balancer_address(self) -> str:
        """A free address for a load balancer."""
        return self._address("balancer", BALANCER_BLOCKS)

    def release(self, address: str) -> None:
        """An address that nothing uses any more."""
        with self._guard:
            self._taken.discard(address)

    def port(self) -> int:
        """A port for one task, from this net's own block, on which nothing on this machine listens.

        Raises SandboxError when the block is used up.
        """
        heard = {port for _, port in listening_sockets.sockets()}
        with self._guard:
            for _ in range(PORTS_PER_NET):
                port = FIRST_PORT + (self.number - NETS.start) * PORTS_PER_NET + self._next_port
                self._next_port = (self._next_port + 1) % PORTS_PER_NET
                if port not in self._ports | heard:
                    self._ports.add(port)
                    return port
        raise SandboxError(f"all {PORTS_PER_NET} task ports of 127.{self.number}.0.0/16 are in use")

    def release_port(self, port: int) -> None:
        """A port whose task is gone."""
        with self._guard:
            self._ports.discard(port)

    def _address(self, kind: str, blocks: range) -> str:
        room = len(blocks) * len(HOSTS)
        with self._guard:
            for _ in range(room):
                index = self._next[kind]
                self._next[kind] = (index + 1) % room
                address = f"127.{self.number}.{blocks[index // len(HOSTS)]}.{HOSTS[index % len(HOSTS)]}"
                if address not in self._taken:
                    self._taken.add(address)
                    return address
        raise SandboxError(f"all {room} {kind} addresses of 127.{self.number}.0.0/16 are in use")


def acquire(preferred: int | None = None) -> Network:
    """Take a net that no other sandbox on this machine has; raises SandboxError when all are taken."""
    first = [preferred] if preferred in NETS else []
    for number in [*first, *NETS]:
        lock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            # Bound, never listening: the kernel frees it the moment that the process ends.
            lock.bind((f"127.{number}.255.254", LOCK_PORT))
        except OSError:
            lock.close()
            continue
        return Network(number, lock)
    raise SandboxError(
        f"all {len(NETS)} loopback nets 127.{NETS.start}-{NETS.stop - 1}.0.0/16 are taken",
        f"stop a sandbox that you don't need, or whatever else listens on port {LOCK_PORT}",
    )

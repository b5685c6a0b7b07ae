"""Carries TCP connections from a task's own address and port to the port that its program really listens on."""

import asyncio
import logging
import socket
import threading
from dataclasses import dataclass, field

from sandbox.host import listening_sockets

from .tcp_pipe import Pipe, reset

log = logging.getLogger("sandbox.relay")

LOOK_EVERY = 0.1  # seconds between two looks at who listens
BACKLOG = 512
# Linux: choose the port at connect time, so that binding to the client's address costs none.
IP_BIND_ADDRESS_NO_PORT = 24


@dataclass(eq=False)
class Relay:
    """One task's door: `address:port` outside, `address:target` inside."""

    address: str
    port: int
    target: int
    door: socket.socket | None = None
    complained: bool = False
    connections: set[asyncio.Task[None]] = field(default_factory=set)


class Relays:
    """All relays of a sandbox, on one event loop in one thread.

    A relay listens only while the task's program does, so a client of a program that is starting,
    stopping or dead is refused, as it would be by the program itself.
    """

    def __init__(self) -> None:
        self._relays: set[Relay] = set()
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        threading.Thread(target=self._run, name="relays", daemon=True).start()

    def open(self, address: str, port: int, target: int) -> Relay:
        """Relay `address:port` to `address:target` from the moment that something listens there."""
        relay = Relay(address, port, target)
        self._loop.call_soon_threadsafe(self._add, relay)
        return relay

    def close(self, relay: Relay) -> None:
        """Refuse new connections; those under way end when either side ends them."""
        self._loop.call_soon_threadsafe(self._drop, relay)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._watch())

    async def _watch(self) -> None:
        while True:
            await self._wake.wait()
            try:
                heard = listening_sockets.sockets()
                for relay in list(self._relays):
                    self._follow(relay, listening_sockets.answers(relay.address, relay.target, heard))
            except OSError:
                log.exception("can't see who listens")
            await asyncio.sleep(LOOK_EVERY)

    def _add(self, relay: Relay) -> None:
        self._relays.add(relay)
        self._wake.set()

    def _drop(self, relay: Relay) -> None:
        self._relays.discard(relay)
        self._shut(relay)
        if not self._relays:
            self._wake.clear()

    def _follow(self, relay: Relay, listens: bool) -> None:
        if listens and relay.door is None:
            self._open_door(relay)
        elif not listens:
            self._shut(relay)

    def _open_door(self, relay: Relay) -> None:
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.setblocking(False)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((relay.address, relay.port))
            door.listen(BACKLOG)
        except OSError as error:
            door.close()
            if not relay.complained:
                log.error(
                    "%s:%d can't be listened on (%s): does another program of this machine "
                    "listen on port %d of all addresses?",
                    relay.address,
                    relay.port,
                    error,
                    relay.port,
                )
            relay.complained = True
            return
        relay.door = door
        self._loop.add_reader(door, self._accept, relay, door)

    def _shut(self, relay: Relay) -> None:
        if relay.door is not None:
            self._loop.remove_reader(relay.door)
            relay.door.close()
            relay.door = None

    def _accept(self, relay: Relay, door: socket.socket) -> None:
        try:
            client, peer = door.accept()
        except OSError:
            return
        client.setblocking(False)
        task = self._loop.create_task(self._carry(relay, client, peer[0]))
        relay.connections.add(task)
        task.add_done_callback(relay.connections.discard)

    async def _carry(self, relay: Relay, client: socket.socket, peer: str) -> None:
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        server.setblocking(False)
        try:
            # The program sees the client's address as its peer: all of 127.0.0.0/8 is ours to speak from.
            server.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            server.bind((peer, 0))
            await self._loop.sock_connect(server, (relay.address, relay.target))
        except OSError:
            self._shut(relay)
            server.close()
            reset(client)
            client.close()
            return
        await self._join(client, server)

    async def _join(self, client: socket.socket, server: socket.socket) -> None:
        near, far = Pipe(), Pipe(patient=True)
        near.other, far.other = far, near
        for connection in (client, server):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The far end first: the client's first bytes need somewhere to go.
        await self._loop.connect_accepted_socket(lambda: far, server)
        await self._loop.connect_accepted_socket(lambda: near, client)
        near.resume_writing()

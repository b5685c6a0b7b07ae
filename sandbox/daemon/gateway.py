"""What a connection meets first: the faults, then the emulator, or the registry mirror on its own port."""

import asyncio
from contextvars import ContextVar

import hypercorn.asyncio.run as hypercorn_run
from hypercorn.asyncio.tcp_server import TCPServer

from sandbox.asgi import App, Receive, Scope, Send
from sandbox.faults.middleware import Faults
from sandbox.mirror.app import Mirror
from sandbox.runtime.containers import Containers

RESET = "/_ministack/reset"

_connection: ContextVar[asyncio.StreamWriter] = ContextVar("connection")


class _KnownConnection(TCPServer):
    """hypercorn's connection, known to whoever handles one of its requests."""

    async def run(self) -> None:
        _connection.set(self.writer)
        await super().run()


def install() -> None:
    """Have hypercorn make connections that can be hung up on, for which ASGI has no message."""
    hypercorn_run.TCPServer = _KnownConnection  # type: ignore[attr-defined]


def hang_up() -> None:
    """Close the connection of the request that is being handled, without an answer."""
    _connection.get().transport.abort()


class Gateway:
    """The one ASGI app that is served, on the emulator's port and on the mirror's."""

    def __init__(self, emulator: App, mirror_port: int, containers: Containers) -> None:
        self._faults = Faults(emulator, hang_up)
        self._mirror, self._mirror_port, self._containers = Mirror(), mirror_port, containers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By port; the emulator's own start and end pass through."""
        if scope["type"] == "http" and scope["server"][1] == self._mirror_port:
            await self._mirror(scope, receive, send)
            return
        if scope["type"] == "http" and scope["path"] == RESET:
            # The emulator stops tasks one stop timeout after the other while nothing else is answered.
            await asyncio.to_thread(self._containers.stop_all, 1.0)
        await self._faults(scope, receive, send)

"""One end of a relayed connection."""

import asyncio
import socket
import struct
from typing import cast

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Pipe(asyncio.Protocol):
    """What it reads, the other end writes, half-close and resets included."""

    other: "Pipe"

    def __init__(self, *, patient: bool = False) -> None:
        self.transport: asyncio.Transport | None = None
        self.ended = False
        self.patient = patient

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        # asyncio holds back writes above this mark; a small one makes the sender feel the receiver's pace.
        self.transport.set_write_buffer_limits(high=65536)
        if self.patient:
            # A program that speaks first is not read before the client's end exists.
            self.transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        if self.other.transport:
            self.other.transport.write(data)

    def eof_received(self) -> bool:
        self.ended = True
        if self.other.transport and not self.other.transport.is_closing():
            self.other.transport.write_eof()
        if self.other.ended:
            self.close()
            self.other.close()
        return True

    def pause_writing(self) -> None:
        if self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other.transport and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None:
            self.other.reset()
        else:
            self.other.close()

    def close(self) -> None:
        """End in order: what is still to be written goes out first."""
        if self.transport:
            self.transport.close()

    def reset(self) -> None:
        """End as the other side did, by a reset."""
        if self.transport and not self.transport.is_closing():
            reset(self.transport.get_extra_info("socket"))
            self.transport.abort()


def reset(connection: socket.socket) -> None:
    """Have the coming close of a connection reach the other side as a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

"""Which TCP sockets of this machine listen, without touching any of them."""

import socket
import struct
from functools import lru_cache
from ipaddress import IPv6Address
from pathlib import Path

Sockets = set[tuple[str, int]]

# linux/netlink.h, linux/sock_diag.h, linux/inet_diag.h
SOCK_DIAG, BY_FAMILY, REQUEST, DUMP = 4, 20, 0x1, 0x300
ERROR, DONE = 2, 3
HEADER = struct.Struct("=IHHII")
LISTENING = 10
LISTENING_IN_TABLE = b"0A"
PORT_AT, ADDRESS_AT = 20, 24
BUFFER = 1 << 16


def sockets() -> Sockets:
    """(address, port) of every listening TCP socket; `0.0.0.0` and `::` stand for all addresses."""
    try:
        return from_kernel()
    except OSError:
        # Some containers have no sock_diag; the tables say the same and cost some thirty times as much.
        return from_tables()


def answers(address: str, port: int, among: Sockets) -> bool:
    """Whether a connection to this IPv4 address and port would reach one of those sockets."""
    # A program that listens on 127.0.0.1 alone is as unreachable as it would be in a container.
    return any((heard, port) in among for heard in ("0.0.0.0", "::", address))


def from_kernel() -> Sockets:
    """Asked by netlink, for listening sockets alone; raises OSError where that isn't to be had.

    https://man7.org/linux/man-pages/man7/sock_diag.7.html
    """
    return _dump(socket.AF_INET) | _dump(socket.AF_INET6)


def from_tables() -> Sockets:
    """Read from /proc/net/tcp and tcp6."""
    return _table(Path("/proc/net/tcp")) | _table(Path("/proc/net/tcp6"))


def _dump(family: int) -> Sockets:
    question = struct.pack("=BBBBI", family, socket.IPPROTO_TCP, 0, 0, 1 << LISTENING) + bytes(48)
    found: Sockets = set()
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, SOCK_DIAG) as kernel:
        kernel.send(HEADER.pack(HEADER.size + len(question), BY_FAMILY, REQUEST | DUMP, 1, 0) + question)
        while True:
            data, at = kernel.recv(BUFFER), 0
            while at < len(data):
                length, kind, *_ = HEADER.unpack_from(data, at)
                if kind == DONE:
                    return found
                if kind == ERROR:
                    raise OSError("sock_diag refused the question")
                found.add(_socket(family, data[at : at + length]))
                at += (length + 3) & ~3


def _socket(family: int, message: bytes) -> tuple[str, int]:
    (port,) = struct.unpack_from(">H", message, PORT_AT)
    return _text(message[ADDRESS_AT : ADDRESS_AT + (4 if family == socket.AF_INET else 16)]), port


def _table(path: Path) -> Sockets:
    found: Sockets = set()
    try:
        table = path.open("rb")
    except FileNotFoundError:
        return found  # no IPv6 on this machine
    with table:
        next(table)
        for line in table:
            fields = line.split(None, 4)
            # The kernel lists listening sockets before all others, so the rest need not be read.
            if fields[3] != LISTENING_IN_TABLE:
                break
            address, _, port = fields[1].partition(b":")
            found.add((_text(_from_words(bytes.fromhex(address.decode()))), int(port, 16)))
    return found


def _from_words(raw: bytes) -> bytes:
    # Printed as 32-bit words in the machine's own byte order.
    count = len(raw) // 4
    return struct.pack(f"={count}I", *struct.unpack(f">{count}I", raw))


@lru_cache(maxsize=4096)
def _text(packed: bytes) -> str:
    if len(packed) == 4:
        return socket.inet_ntoa(packed)
    address = IPv6Address(packed)
    return str(address.ipv4_mapped or address)

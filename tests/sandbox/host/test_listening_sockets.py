"""Who listens on this machine."""

import socket
from collections.abc import Callable

import pytest

from sandbox.host import listening_sockets


@pytest.mark.parametrize(
    "look", [listening_sockets.from_kernel, listening_sockets.from_tables, listening_sockets.sockets]
)
def test_listening_sockets_are_seen_by_address_and_others_are_not(look: Callable[[], set[tuple[str, int]]]) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.3.4.5", 0)) as other,
        socket.socket(socket.AF_INET6) as mapped,
        socket.socket() as bound,
    ):
        bound.bind(("127.0.0.1", 0))
        mapped.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        mapped.bind(("::ffff:127.0.0.9", 0))
        mapped.listen()
        found = look()
        names = [listener.getsockname()[1] for listener in (one, other, mapped)]
        assert {("127.0.0.1", names[0]), ("127.3.4.5", names[1]), ("127.0.0.9", names[2])} <= found
        assert bound.getsockname() not in found


def test_an_address_is_reached_by_its_own_and_by_wildcard_listeners_only() -> None:
    assert listening_sockets.answers("127.77.0.1", 80, {("0.0.0.0", 80)})
    assert listening_sockets.answers("127.77.0.1", 80, {("::", 80)})
    assert listening_sockets.answers("127.77.0.1", 80, {("127.77.0.1", 80)})
    assert not listening_sockets.answers("127.77.0.1", 80, {("127.0.0.1", 80), ("0.0.0.0", 81)})

"""A relayed connection is told apart from a direct one by nobody."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from sandbox.host import loopback_net
from sandbox.runtime.tcp_relay import Relays
from tests.sandbox.sandbox_world import wait_for

pytestmark = pytest.mark.sandbox

PORT = 8321


@pytest.fixture(scope="module")
def relays() -> Relays:
    return Relays()


@pytest.fixture
def net() -> Iterator[loopback_net.Network]:
    net = loopback_net.acquire()
    yield net
    net.close()


class Program:
    """Something that listens behind a relay and treats each connection as it is told."""

    def __init__(self, relays: Relays, net: loopback_net.Network, treat: Callable[[socket.socket], None]) -> None:
        self.address, inner = net.task_address(), net.port()
        self.relays, self.relay = relays, relays.open(self.address, PORT, inner)
        self.listener = socket.create_server((self.address, inner))
        self.treat = treat
        threading.Thread(target=self._serve, daemon=True).start()
        wait_for(lambda: self.relay.door is not None, "the relay to open")

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._treat, args=[connection], daemon=True).start()

    def _treat(self, connection: socket.socket) -> None:
        with connection:
            self.treat(connection)

    def connect(self) -> socket.socket:
        return socket.create_connection((self.address, PORT), timeout=5)

    def close(self) -> None:
        # shutdown, since a thread that waits in accept keeps a closed listener listening
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.relays.close(self.relay)


def everything(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_half_closed_connection_still_carries_the_answer(relays: Relays, net: loopback_net.Network) -> None:
    program = Program(relays, net, lambda one: one.sendall(everything(one)[::-1]))
    with closing(program), program.connect() as client:
        client.sendall(b"olleh")
        client.shutdown(socket.SHUT_WR)
        assert everything(client) == b"hello"


def test_a_program_that_speaks_first_is_heard(relays: Relays, net: loopback_net.Network) -> None:
    with closing(Program(relays, net, lambda one: one.sendall(b"220 ready"))) as program, program.connect() as client:
        assert everything(client) == b"220 ready"


def test_much_data_arrives_whole_in_both_directions(relays: Relays, net: loopback_net.Network) -> None:
    sent = bytes(range(256)) * 65536
    program = Program(relays, net, lambda one: one.sendall(everything(one)))
    with closing(program), program.connect() as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert everything(client) == sent


def test_a_slow_reader_slows_the_sender_down(relays: Relays, net: loopback_net.Network) -> None:
    sent: list[int] = []

    def pour(connection: socket.socket) -> None:
        connection.settimeout(0.5)
        try:
            while sum(sent) < 1 << 30:
                sent.append(connection.send(bytes(1 << 16)))
        except OSError:
            return  # held up, or the test is over

    with closing(Program(relays, net, pour)) as program, program.connect():
        wait_for(lambda: sent and not is_growing(sent), "the sender to be held up")
        assert sum(sent) < 64 << 20


def is_growing(sent: list[int]) -> bool:
    before = len(sent)
    threading.Event().wait(0.3)
    return len(sent) > before


def test_a_reset_by_the_program_reaches_the_client_as_a_reset(relays: Relays, net: loopback_net.Network) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1)
        reset(connection)

    with closing(Program(relays, net, refuse)) as program, program.connect() as client:
        client.sendall(b"x")
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_reset_by_the_client_reaches_the_program_as_a_reset(relays: Relays, net: loopback_net.Network) -> None:
    seen = threading.Event()

    def listen(connection: socket.socket) -> None:
        connection.sendall(b"x")
        try:
            everything(connection)
        except ConnectionResetError:
            seen.set()

    with closing(Program(relays, net, listen)) as program:
        client = program.connect()
        client.recv(1)
        reset(client)
        assert seen.wait(5)


def test_the_program_sees_its_clients_own_address(relays: Relays, net: loopback_net.Network) -> None:
    with closing(Program(relays, net, lambda one: one.sendall(one.getpeername()[0].encode()))) as program:
        balancer = net.balancer_address()
        with socket.create_connection((program.address, PORT), source_address=(balancer, 0)) as client:
            assert everything(client).decode() == balancer


def test_a_program_that_stops_listening_is_refused(relays: Relays, net: loopback_net.Network) -> None:
    program = Program(relays, net, lambda one: None)
    program.listener.shutdown(socket.SHUT_RDWR)
    program.listener.close()
    wait_for(lambda: program.relay.door is None, "the relay to close", seconds=2)
    with pytest.raises(ConnectionRefusedError):
        program.connect()
    relays.close(program.relay)


def test_a_program_that_listens_on_127_0_0_1_alone_is_as_unreachable_as_in_a_container(
    relays: Relays, net: loopback_net.Network
) -> None:
    address, inner = net.task_address(), net.port()
    relay = relays.open(address, PORT, inner)
    with socket.create_server(("127.0.0.1", inner)):
        threading.Event().wait(0.3)
        assert relay.door is None
    relays.close(relay)

"""Loopback nets, addresses and ports are nobody else's."""

import pytest

from sandbox.errors import SandboxError
from sandbox.host import loopback_net
from sandbox.host.loopback_net import PORTS_PER_NET

pytestmark = pytest.mark.sandbox


def test_two_sandboxes_never_share_a_net() -> None:
    first, second = loopback_net.acquire(), loopback_net.acquire()
    taken = first.number
    assert first.number != second.number
    first.close()
    again = loopback_net.acquire(preferred=taken)
    assert again.number == taken
    again.close()
    second.close()


def test_addresses_of_tasks_and_balancers_lie_apart_and_are_used_once() -> None:
    net = loopback_net.acquire()
    tasks = [net.task_address() for _ in range(600)]
    balancers = [net.balancer_address() for _ in range(300)]
    net.close()
    assert len({*tasks, *balancers}) == 900
    assert all(int(address.split(".")[2]) < 200 for address in tasks)
    assert all(int(address.split(".")[2]) >= 200 for address in balancers)


def test_a_released_address_is_not_given_out_again_at_once() -> None:
    net = loopback_net.acquire()
    address = net.task_address()
    net.release(address)
    assert net.task_address() != address
    net.close()


def test_ports_are_given_once_until_released_and_their_end_is_said() -> None:
    net = loopback_net.acquire()
    ports = []
    with pytest.raises(SandboxError, match="task ports"):
        for _ in range(PORTS_PER_NET + 1):
            ports.append(net.port())
    assert len(set(ports)) == len(ports)
    net.release_port(ports[0])
    assert net.port() == ports[0]
    net.close()

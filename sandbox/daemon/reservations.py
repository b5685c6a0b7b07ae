"""Takes what a sandbox needs of this machine before it starts: a loopback net and ports."""

import os
import secrets
import socket
from dataclasses import dataclass

from sandbox.errors import SandboxError
from sandbox.host import procfs
from sandbox.host.loopback_net import Network, acquire
from sandbox.options import ACCOUNT, Setup
from sandbox.state_dir import Record


@dataclass(frozen=True)
class Reserved:
    """The net and the bound sockets (emulator's, then mirror's), and the record that says so."""

    net: Network
    sockets: tuple[socket.socket, socket.socket]
    record: Record


def reserve(setup: Setup, before: Record | None) -> Reserved:
    """Take a net and ports: those asked for, else last time's, else free ones.

    The same ports and Vault token as last time, so that a shell that has them goes on working.
    Raises SandboxError when a port that was asked for is taken.
    """
    net = acquire(before.net if before else None)
    emulator = listen(setup.port, before.port if before else 0)
    mirror = listen(setup.mirror_port, before.mirror_port if before else 0)
    # OpenBao binds its own: this one is found free, and free again at once.
    with listen(setup.vault_port, before.vault_port if before else 0) as held:
        vault_port = held.getsockname()[1]
    myself = procfs.look(os.getpid())
    if myself is None:
        raise SandboxError("/proc does not show this process", "the sandbox needs Linux with /proc mounted")
    record = Record(
        pid=myself.pid,
        started=myself.started,
        net=net.number,
        region=setup.region,
        account=ACCOUNT,
        pace=setup.pace,
        port=emulator.getsockname()[1],
        mirror_port=mirror.getsockname()[1],
        vault_port=vault_port,
        vault_token=before.vault_token if before else secrets.token_urlsafe(24),
        engine=setup.engine,
    )
    return Reserved(net, (emulator, mirror), record)


def listen(wanted: int, usual: int) -> socket.socket:
    """A socket bound to a port of 127.0.0.1, not listening yet."""
    if wanted:
        try:
            return _bind(wanted)
        except OSError as error:
            hint = "name another port, or leave it out for any free one"
            raise SandboxError(f"port {wanted} of 127.0.0.1 can't be listened on: {error.strerror}", hint) from error
    try:
        return _bind(usual)
    except OSError:
        return _bind(0)


def _bind(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port that was closed a moment ago is still remembered by the kernel; that is no reason to move.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound

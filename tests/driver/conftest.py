"""A real OpenBao and a sandbox, one each, for all tests of the driver that need them."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from socket import socket

import hvac
import pytest

from driver.adapters.aws.session import Session
from sandbox.daemon import lifecycle
from sandbox.daemon import openbao as vault
from sandbox.daemon.shell_exports import UNSET, environment
from sandbox.options import Setup

TOKEN = "root-of-the-test"


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address; the token is TOKEN, and there is a KV version 2 engine at `secret`."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{probe.getsockname()[1]}"
    home = tmp_path_factory.mktemp("bao")
    env = {"PATH": os.defpath, "HOME": str(home), "BAO_DEV_ROOT_TOKEN_ID": TOKEN, "BAO_DEV_LISTEN_ADDRESS": listen}
    argv = [str(vault.binary()), "server", "-dev", "-dev-no-store-token"]
    with (home / "log").open("wb") as log, subprocess.Popen(argv, env=env, stdout=log, stderr=log) as server:
        try:
            _wait(f"http://{listen}")
            yield f"http://{listen}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a sandbox that is up."""
    path = tmp_path_factory.mktemp("sandbox") / "box"
    lifecycle.up(path, Setup(), _quiet)
    try:
        yield path
    finally:
        lifecycle.down(path, _quiet)


@pytest.fixture
def session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The sandbox's AWS, with the variables by which clients find it."""
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment(folder).items():
        monkeypatch.setenv(name, value)
    return Session("eu-west-1")


def _quiet(line: str) -> None:
    """The story is for people."""


@pytest.fixture
def vault_environment(openbao: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its address, with the variables by which clients find it and get in."""
    for name in ("VAULT_NAMESPACE", "VAULT_CACERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAULT_ADDR", openbao)
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    return openbao


def _wait(address: str) -> None:
    client = hvac.Client(url=address)
    deadline = time.monotonic() + 20
    while True:
        try:
            if client.sys.is_initialized() and not client.sys.is_sealed():
                return
        except OSError:
            # It is not listening yet.
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)

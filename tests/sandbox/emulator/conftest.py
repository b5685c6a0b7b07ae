"""One sandbox for all tests of this folder, and a cloud of its own name for each."""

import zlib
from collections.abc import Iterator

import pytest

from sandbox.daemon import lifecycle
from sandbox.options import Setup
from sandbox.state_dir import Record
from tests.sandbox.emulator.cloud import Cloud

PACE = 0.02


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    folder = tmp_path_factory.mktemp("sandbox")
    yield lifecycle.up(folder, Setup(pace=PACE), print)
    lifecycle.down(folder, print)


@pytest.fixture
def cloud(running: Record, request: pytest.FixtureRequest) -> Iterator[Cloud]:
    made = Cloud(running.endpoint, f"test-{zlib.crc32(request.node.nodeid.encode()):08x}")
    yield made
    made.remove()

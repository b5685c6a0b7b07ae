"""One sandbox for all tests of this folder that can share it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.daemon import lifecycle
from sandbox.options import Setup
from tests.sandbox.sandbox_world import World


def quiet(line: str) -> None:
    """The story is for people."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("sandbox") / "box"
    record = lifecycle.up(folder, Setup(), quiet)
    try:
        yield World(folder, record)
    finally:
        lifecycle.down(folder, quiet)

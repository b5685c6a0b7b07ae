"""One sandbox for all tests of the plugins, and a stack for each file of them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.adapters.pulumi.find_engine import find
from sandbox.daemon import lifecycle, shell_exports
from sandbox.options import Setup, engine_folder
from tests.sandbox.providers.stacks import World, world


@pytest.fixture(scope="session")
def engine() -> Path:
    """The folder of a Pulumi engine; without one these tests fail, since a skip would look like a pass."""
    return Path(engine_folder(find(lambda _line: None, env=os.environ)))


@pytest.fixture(scope="session")
def variables(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a sandbox that is up."""
    folder = tmp_path_factory.mktemp("sandbox")
    lifecycle.up(folder, Setup(engine=str(engine)), lambda _: None)
    try:
        yield shell_exports.environment(folder)
    finally:
        lifecycle.down(folder, lambda _: None)


@pytest.fixture(scope="module")
def stack(
    request: pytest.FixtureRequest, variables: dict[str, str], engine: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """A stack for the tests of one file."""
    name = request.module.__name__.rsplit(".", 1)[-1].removeprefix("test_").replace("_", "-")
    with world(name, variables, engine, tmp_path_factory.mktemp("work") / name) as made:
        yield made

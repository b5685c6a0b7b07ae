from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.faults.app_environment import Town
from tests.faults.fixtures import opened


@pytest.fixture(scope="package")
def town(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town of all rows that don't need one of their own."""
    with opened(tmp_path_factory.mktemp("town"), engine) as made:
        yield made


@pytest.fixture
def usual_lease(town: Town) -> Iterator[None]:
    """A lock that outlives its owner by as long as it does where nothing is set; the town's is a short one."""
    file = town.project / "Pulumi.dev.yaml"
    text = file.read_text()
    stack = yaml.safe_load(text)
    del stack["config"]["slipway:deploy"]["lease"]
    file.write_text(yaml.safe_dump(stack, sort_keys=False))
    try:
        yield
    finally:
        file.write_text(text)

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.opened import opened
from tests.faults.town import Town


@pytest.fixture(scope="session")
def town(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town of all rows that don't need one of their own."""
    with opened(tmp_path_factory.mktemp("town"), engine) as made:
        yield made

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.leaks import places
from tests.faults.town import Town, lay_project
from tests.site import SENTINEL, sandboxed


@pytest.fixture(scope="session")
def town(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A sandbox whose platform is up and whose one app runs the image `good`; at its end no secret has leaked."""
    with sandboxed(tmp_path_factory.mktemp("town"), engine, lay_project) as site:
        made = Town(site.folder, site.environment, site.project)
        made.well("up", "dev", "--yes")
        made.configure_shop()
        made.settled("good")
        yield made
        assert places(made, SENTINEL) == []

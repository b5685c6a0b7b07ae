from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.projects import project_copy
from tests.sandbox_project import Site, sandboxed


@pytest.fixture(scope="module")
def site(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sandboxed(tmp_path_factory.mktemp("site"), engine, project_copy) as made:
        yield made


@pytest.fixture(scope="module")
def platform(site: Site) -> Site:
    """The site with its platform up, on the bootstrap image."""
    done = site.slipway("up", "dev", "--yes")
    assert done.returncode == 0, done.stderr
    site.story["up"] = done
    site.story["outputs"] = site.slipway("outputs", "dev", "--json")
    return site


@pytest.fixture(scope="module")
def released(platform: Site) -> Site:
    """The platform with the example's first version released."""
    platform.configure()
    platform.push("v1")
    done = platform.slipway("deploy", "dev", "example", "--image", "v1")
    assert done.returncode == 0, done.stderr
    platform.story["deploy"] = done
    return platform

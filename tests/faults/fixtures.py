"""A town from its first `up` to the search for secrets at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.app_environment import Town, lay_project
from tests.faults.leaks import places
from tests.sandbox_project import SENTINEL, sandboxed


@contextmanager
def opened(folder: Path, engine: Path, *, released: bool = True) -> Iterator[Town]:
    """A sandbox whose platform is up and whose one app runs the image `good`, or the bootstrap image where nothing
    shall have been released yet; at its end no secret has leaked.
    """
    with sandboxed(folder, engine, lay_project) as site:
        made = Town(site.folder, site.environment, site.project)
        made.well("up", "dev", "--yes")
        made.configure_shop()
        if released:
            made.settled("good")
        yield made
        assert places(made, SENTINEL) == []

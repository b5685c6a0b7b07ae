"""What is asked of Heroku."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from driver.core.values.heroku import Coupled, HerokuApp, HerokuBuild


class Heroku(Protocol):
    """Heroku's Platform API. Every method raises NotFound for a name that is not there, Unreachable where Heroku does
    not answer or refuses, and NotReady without a token."""

    def app(self, name: str) -> HerokuApp:
        """An app with all that can be read of it; parts that are refused are in `unread`."""

    def coupled(self, name: str) -> Coupled:
        """The pipeline and stage of an app."""

    def of_team(self, team: str) -> Sequence[str]:
        """The names of a team's apps."""

    def of_pipeline(self, pipeline: str) -> Sequence[Coupled]:
        """The apps of a pipeline, by its name or id."""

    def build(self, app: str, archive: Path, commit: str, say: Callable[[str], None]) -> HerokuBuild:
        """Build and release an archive of the source of a commit, its output told line by line; how it ended."""

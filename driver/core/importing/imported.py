"""An app from elsewhere as it will be here: its rows in the settings, its variables, and what is left to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from driver.core.importing.processes import Row
from driver.core.values.secret import SecretValues


@dataclass(frozen=True, kw_only=True)
class Imported:
    """One app in one environment. `hosts` are those that its web process answers to; `shared` has the names whose
    traffic stays at Heroku for now, with the DNS target there. `left` has why a variable does not come along.

    `todos` are what a person has to do, a sentence each. With `jobs` it has jobs that go by the clock, which nobody but
    a person can read.
    """

    name: str
    env: str
    origin: str
    rows: Mapping[str, Row]
    requires: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    shared: Mapping[str, str] = field(default_factory=dict)
    values: SecretValues | None = None
    left: Mapping[str, str] = field(default_factory=dict)
    todos: tuple[str, ...] = ()
    jobs: bool = False

    @property
    def entry(self) -> Row:
        """Its entry in the catalogue; what is one environment's alone is not in it."""
        needs: Row = {"requires": list(self.requires)} if self.requires else {}
        return {**needs, "processes": {name: dict(row) for name, row in self.rows.items()}}

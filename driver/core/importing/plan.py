"""What an import does, as a plan that a person reads first: files, variables by name, and what is left to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from driver.core.config import variables as configs
from driver.core.importing.imported import Imported
from driver.core.importing.settings_edit import Edit
from driver.core.ports import Vault
from driver.core.values.secret import SecretValues
from driver.errors import DriverError


@dataclass(frozen=True, kw_only=True)
class Write:
    """New variables of one app for Vault, on top of the version that they were compared with."""

    env: str
    mount: str
    path: str
    version: int
    edit: configs.Edit
    same: int = 0
    other: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """What it does, by name."""
        told = [f"Vault, {self.mount}/{self.path}: {len(self.edit.added)} new, {self.same} there already"]
        told += [f"  {line}" for line in self.edit.lines()]
        if self.other:
            told.append(f"  there with another value, which stays: {', '.join(self.other)} (--replace takes Heroku's)")
        return told


def compared(row: Imported, mount: str, vault: Vault, *, replace: bool) -> Write | None:
    """What of its variables is new to Vault; with `replace` also what has another value there. None where it has no
    variables to bring. Raises NotReady, Unreachable."""
    if not row.values:
        return None
    before = vault.find(mount, configs.path(row.env, row.name))
    old = before.values if before else SecretValues({})
    other = tuple(name for name in row.values if name in old and old[name] != row.values[name])
    kept = () if replace else other
    given = {name: row.values[name] for name in row.values if name not in kept}
    return Write(
        env=row.env,
        mount=mount,
        path=configs.path(row.env, row.name),
        version=before.version if before else 0,
        edit=configs.set_values(old, given),
        same=sum(name in old and old[name] == row.values[name] for name in row.values),
        other=kept,
    )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All of an import. `failed` has why an app is left out, by its name elsewhere; `stays` has what can be no app,
    which is no failure."""

    rows: Sequence[Imported]
    edit: Edit
    writes: Sequence[Write] = ()
    failed: Mapping[str, DriverError] = field(default_factory=dict)
    stays: Mapping[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing is written anywhere."""
        return self.edit.empty and all(write.edit.empty for write in self.writes)

    def lines(self) -> list[str]:
        """The plan, a line each. No value of a variable is in it."""
        told: list[str] = []
        for row in self.rows:
            told += [f"{row.name} in {row.env}, from {row.origin}", *_table(row), *_around(row)]
        told += [f"Pulumi.yaml: + {name}" for name in self.edit.apps]
        for env in self.edit.environments:
            rows = [f"overrides/{app}" for app in self.edit.overrides.get(env, {})]
            rows += [f"cutover/{host}" for host in self.edit.cutover.get(env, {})]
            told.append(f"Pulumi.{env}.yaml: + {', '.join(rows)}")
        for write in self.writes:
            told += write.lines()
        return [*told, *self.edit.kept, *(f"{name} stays: it is {why}" for name, why in self.stays.items())]

    def checklist(self) -> list[str]:
        """What a person has to do, as a list to tick off."""
        told: list[str] = []
        for name, rows in groupby(self.rows, key=lambda row: row.name):
            found: dict[str, list[str]] = {}
            for row in rows:
                for todo in row.todos:
                    found.setdefault(todo, []).append(row.env)
            for envs in dict.fromkeys(map(tuple, found.values())):
                told.append(f"{name} in {' and '.join(envs)}:")
                told += [f"- [ ] {todo}" for todo, where in found.items() if tuple(where) == envs]
        return told

    def facts(self) -> dict[str, object]:
        """The plan for scripts."""
        return {
            "apps": [_facts(row) for row in self.rows],
            "catalogue": list(self.edit.apps),
            "overrides": {env: list(rows) for env, rows in self.edit.overrides.items()},
            "cutover": {env: list(rows) for env, rows in self.edit.cutover.items()},
            "kept": list(self.edit.kept),
            "variables": {
                row.path: {"added": list(row.edit.added), "changed": list(row.edit.changed), "kept": list(row.other)}
                for row in self.writes
            },
            "stays": dict(self.stays),
            "failed": {name: error.message for name, error in self.failed.items()},
        }


def write_variables(plan: Plan, vaults: Mapping[str, Vault]) -> list[str]:
    """Write the variables, each on top of the version that was looked at; what was written. `vaults` are by
    environment. Raises Busy."""
    told = []
    for row in plan.writes:
        if not row.edit.empty:
            version = vaults[row.env].write(row.mount, row.path, row.edit.values, row.version)
            told.append(f"{row.mount}/{row.path}: version {version}, {len(row.edit.values)} variables")
    return told


def _table(row: Imported) -> list[str]:
    width = max(len(name) for name in row.rows)
    shown = ("cpu", "memory", "count", "port")
    return [
        f"  {name.ljust(width)}  " + ", ".join(f"{key} {values[key]}" for key in shown if key in values)
        for name, values in row.rows.items()
    ]


def _around(row: Imported) -> list[str]:
    told = [f"  hosts: {', '.join(row.hosts)}"] if row.hosts else []
    return told + [f"  {name} stays: {why}" for name, why in row.left.items()]


def _facts(row: Imported) -> dict[str, object]:
    return {
        "app": row.name,
        "env": row.env,
        "origin": row.origin,
        "entry": row.entry,
        "hosts": list(row.hosts),
        "left": dict(row.left),
        "todos": list(row.todos),
    }

"""What an import writes into the two settings files: new entries of the catalogue, and what one environment has of
its own. What is there already stays as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from driver.core.importing.imported import Imported
from driver.core.importing.processes import Row
from model.procfile.advice import WEB
from model.settings.app import RELEASE
from model.settings.overriding import ONLY_HERE

_DEFAULTS: Final = {"cpu": 256, "memory": 512, "count": 1}
"""What is compared with the catalogue, and what it means where it is left out."""
HOLD = {"heroku": 100, "aws": 0}
"""All traffic of a name stays where it is."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """New keys, and no change of old ones. `apps` are entries of the catalogue; `jobs` those with a place for jobs to
    fill in; `overrides` and `cutover` are by environment. `kept` says what was there already, and what differs."""

    apps: Mapping[str, Row] = field(default_factory=dict)
    jobs: frozenset[str] = frozenset()
    overrides: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    cutover: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return not (self.apps or self.overrides or self.cutover)

    @property
    def environments(self) -> tuple[str, ...]:
        """Those whose stack files change."""
        return tuple(sorted({*self.overrides, *self.cutover}))


@dataclass(frozen=True, kw_only=True)
class Present:
    """What the files have: entries of the catalogue; for each environment the apps with overrides, and the names that
    are shared with Heroku."""

    apps: Mapping[str, object]
    overrides: Mapping[str, Mapping[str, object]]
    cutover: Mapping[str, Mapping[str, object]]


def edit(rows: Sequence[Imported], present: Present, *, differences: bool) -> Edit:
    """What to write for these apps, the first of each app in the order given being the catalogue's.

    What an app of the catalogue has otherwise at Heroku is written as overrides with `differences` only, and else told.
    """
    apps: dict[str, Row] = {}
    overrides: dict[str, dict[str, Row]] = {}
    cutover: dict[str, dict[str, Row]] = {}
    kept: list[str] = []
    for row in rows:
        if row.name not in present.apps:
            apps.setdefault(row.name, row.entry)
        new = row.name in apps
        own = _own(row, apps.get(row.name, present.apps.get(row.name)), new=new)
        if row.name in present.overrides.get(row.env, {}):
            kept.append(f"overrides/{row.name} of {row.env} is there already and stays")
        elif own and (new or differences):
            overrides.setdefault(row.env, {})[row.name] = own
            _share(row, present, cutover)
        elif own:
            kept.append(
                f"{row.name} is in the catalogue and stays; at Heroku {row.env} differs in {', '.join(_told(own))}:"
                " --differences writes that as overrides"
            )
    jobs = frozenset(row.name for row in rows if row.jobs and row.name in apps)
    return Edit(apps=apps, jobs=jobs, overrides=overrides, cutover=cutover, kept=tuple(kept))


def _share(row: Imported, present: Present, cutover: dict[str, dict[str, Row]]) -> None:
    there = present.cutover.get(row.env, {})
    new: dict[str, Row] = {
        host: {"heroku": target, "weights": dict(HOLD)} for host, target in row.shared.items() if host not in there
    }
    if new:
        cutover.setdefault(row.env, {}).update(new)


def _own(row: Imported, base: object, *, new: bool) -> Row:
    """What this environment has otherwise than the catalogue's entry, and its host names. Of an entry that is `new` all
    is compared, and of one that somebody keeps the sizes and counts."""
    entry = base if isinstance(base, Mapping) else {}
    there = entry.get("processes")
    known: Mapping[str, object] = there if isinstance(there, Mapping) else {}
    changed = {name: found for name, made in row.rows.items() if (found := _difference(made, known.get(name), new=new))}
    changed |= {name: {"count": 0} for name in _idle(known, row)}
    if row.hosts:
        changed[WEB] = {**changed.get(WEB, {}), "hosts": list(row.hosts)}
    needs: Row = (
        {} if sorted(row.requires) == sorted(_texts(entry.get("requires"))) else {"requires": list(row.requires)}
    )
    return needs | ({"processes": changed} if changed else {})


def _difference(made: Row, base: object, *, new: bool) -> Row:
    if not isinstance(base, Mapping):
        return {ONLY_HERE: True, **made}
    if new:
        usual = {key: value for key, value in _DEFAULTS.items() if not (key == "count" and "scaling" in base)}
        return {key: value for key, value in made.items() if value != base.get(key, usual.get(key))}
    return {
        key: made[key]
        for key, usual in _DEFAULTS.items()
        if key in made and made[key] != base.get(key, usual) and not (key == "count" and "scaling" in base)
    }


def _idle(known: Mapping[str, object], row: Imported) -> Iterator[str]:
    """Processes of the catalogue that this environment does not run."""
    for name, base in known.items():
        runs = isinstance(base, Mapping) and not {"schedule", "kind"} & set(base)
        if name not in row.rows and name != RELEASE and runs:
            yield name


def _texts(value: object) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list) else []


def _told(own: Row) -> list[str]:
    rows = own.get("processes")
    names = [f"processes/{name}" for name in rows] if isinstance(rows, Mapping) else []
    return [*(["requires"] if "requires" in own else []), *names]

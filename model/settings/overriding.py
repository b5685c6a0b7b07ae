"""What an environment lays over the catalogue: key by key, and only over what the catalogue has."""

from collections.abc import Mapping, Sequence

from model.errors import SpecError
from model.settings.complaints import suggestion
from model.settings.text import show

ONLY_HERE = "only_here"
"""Says of a process under overrides that this environment alone has it."""
_EITHER = ("count", "scaling")
"""Two keys of a process of which an override with one drops the catalogue's other."""
_SHORT = {"schedule": "at"}
"""What a key stands for that is written as text."""

Data = Mapping[str, object]


def merge(base: object, over: object) -> object:
    """`over` laid over `base`: mappings key by key, everything else replaced whole."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {**base, **{key: merge(base.get(key), value) for key, value in over.items()}}
    return over


def problems(apps: object, overrides: object) -> list[SpecError]:
    """What `overrides` names that the catalogue doesn't have, and what is no mapping there."""
    known = apps if isinstance(apps, Mapping) else {}
    found = _not_a_mapping("overrides", overrides, "app names")
    for app, over in _rows(overrides):
        path = f"overrides/{app}"
        if app not in known:
            found.append(SpecError(path, f"no such app in the catalogue; it has {_all(known)}"))
            continue
        found += _not_a_mapping(path, over, "processes, requires and grants")
        processes = over.get("processes") if isinstance(over, Mapping) else None
        found += _not_a_mapping(f"{path}/processes", processes, "process names")
        found += _processes(f"{path}/processes", app, known[app], processes)
    return found


def laid(apps: object, overrides: object) -> object:
    """The catalogue with the overrides over it. What is empty in them changes nothing, and `null` drops a key."""
    if not isinstance(apps, Mapping):
        return apps
    return {**apps, **{app: _app(apps.get(app), over) for app, over in _rows(overrides) if over is not None}}


def _app(base: object, over: object) -> object:
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    there = base.get("processes")
    processes = there if isinstance(there, Mapping) else {}
    rows = {name: _process(processes.get(name), row) for name, row in _rows(over.get("processes")) if row is not None}
    return {**base, **{key: value for key, value in over.items() if key != "processes"}} | (
        {"processes": {**processes, **rows}} if rows else {}
    )


def _process(base: object, over: object) -> object:
    if not isinstance(over, Mapping):
        return over
    left = dict(base) if isinstance(base, Mapping) else {}
    for one, other in (_EITHER, _EITHER[::-1]):
        if over.get(one) is not None and other not in over:
            left.pop(other, None)
    for key, stands_for in _SHORT.items():
        if isinstance(left.get(key), str) and isinstance(over.get(key), Mapping):
            left[key] = {stands_for: left[key]}
    return merge(left, {key: value for key, value in over.items() if key != ONLY_HERE})


def _processes(path: str, app: str, base: object, over: object) -> list[SpecError]:
    there = base.get("processes") if isinstance(base, Mapping) else None
    known: Sequence[str] = list(there) if isinstance(there, Mapping) else []
    found = []
    for name, row in _rows(over):
        mark = row.get(ONLY_HERE) if isinstance(row, Mapping) else None
        if mark not in {None, True}:
            found.append(SpecError(f"{path}/{name}/{ONLY_HERE}", f"{show(mark)} will not do; write true, or drop it"))
        elif name in known and mark:
            message = f"the catalogue has {name}, so it is not only here; drop {ONLY_HERE}, or rename the process"
            found.append(SpecError(f"{path}/{name}", message))
        elif name not in known and not mark:
            meant = suggestion(str(name), known).removeprefix("; ") or "it has none"
            end = "" if meant.endswith("?") else "."
            message = (
                f"no such process of {app} in the catalogue; {meant}{end}"
                f" One that this environment alone has says so: {ONLY_HERE}: true"
            )
            found.append(SpecError(f"{path}/{name}", message))
    return found


def _rows(data: object) -> list[tuple[str, object]]:
    return list(data.items()) if isinstance(data, Mapping) else []


def _not_a_mapping(path: str, data: object, of: str) -> list[SpecError]:
    if data is None or isinstance(data, Mapping):
        return []
    return [SpecError(path, f"{show(data)} will not do; write a mapping of {of}", found=show(data))]


def _all(known: Mapping[str, object]) -> str:
    return ", ".join(map(str, known)) or "none"

"""A task definition in the words of the settings, so that one can be held against another whatever it is made of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from model.container_definition import BOOTSTRAP_LISTENS
from model.settings.sidecars import APP

Words = Mapping[str, object]
"""Values by the place of the setting, such as `sidecars/proxy/image`; what is not set is not there."""
Body = Mapping[str, object]

Pairs = Iterable[tuple[str, object]]

_OF_A_RELEASE = ("image", "essential", "environment", "secrets", "entryPoint")
"""What of the app's own container each release brings by itself, or the Procfile says."""
_OF_THE_PROCESS = ("logConfiguration",)
"""What its sidecars have as it has it."""
_NAMES = {
    "stopTimeout": "stop_timeout",
    "readonlyRootFilesystem": "readonly",
    "startPeriod": "start_period",
    "mode": "log_mode",
}


def is_bootstrap(containers: Sequence[Body]) -> bool:
    """Whether these are the containers of the bootstrap image, which has neither sidecars nor check."""
    command = containers[0].get("command") if containers else None
    return isinstance(command, list) and bool(command) and str(command[0]).startswith(BOOTSTRAP_LISTENS)


def read(sizes: Body, containers: Sequence[Body]) -> dict[str, object]:
    """What a task definition says, by setting. Left out is what each release brings anew by itself: the app's image,
    its config and the variables that the platform sets.
    """
    found = {key: _plain(value) for key, value in sizes.items()}
    boots = is_bootstrap(containers)
    for container in containers:
        own = container.get("name") == APP
        place = "" if own else f"sidecars/{container.get('name')}/"
        for key, value in _container(container, own=own, boots=boots):
            if value not in (None, "", [], {}, False):
                found[f"{place}{key}"] = value
    return found


def differences(live: Words, wanted: Words) -> list[str]:
    """What differs, one a line: the setting, what it is and what it would be."""
    lines = []
    for place in dict.fromkeys([*live, *wanted]):
        if whole := _whole(place, live, wanted):
            was, will = ("there" if _has(words, whole) else "none" for words in (live, wanted))
            lines.append(f"{whole} {was} -> {will}")
        elif live.get(place) != wanted.get(place):
            lines.append(f"{place} {_said(live.get(place))} -> {_said(wanted.get(place))}")
    return list(dict.fromkeys(lines))


def _container(body: Body, *, own: bool, boots: bool) -> Iterator[tuple[str, object]]:
    """Setting and value, for each thing that a container has."""
    skipped = {"name", *(_OF_A_RELEASE if own else _OF_THE_PROCESS), *(("command",) if own and boots else ())}
    for key, value in body.items():
        if key in _PARTS and key not in skipped:
            yield from _PARTS[key](value)
        elif key not in skipped:
            yield _NAMES.get(key, key), _plain(value)


def _environment(value: object) -> Pairs:
    return ((f"environment/{row.get('name')}", row.get("value")) for row in _rows(value))


def _waits(value: object) -> Pairs:
    return ((f"depends_on/{row.get('containerName')}", str(row.get("condition")).lower()) for row in _rows(value))


def _check(value: object) -> Pairs:
    return ((f"check/{_NAMES.get(name, name)}", _plain(one)) for name, one in _body(value).items())


def _ports(value: object) -> Pairs:
    return (("port", _plain(row.get("containerPort"))) for row in _rows(value))


def _log(value: object) -> Pairs:
    """Group, region and prefix come from names alone."""
    for key, one in _body(_body(value).get("options")).items():
        if key == "max-buffer-size":
            yield "log_buffer", _plain(str(one).removesuffix("m"))
        elif not key.startswith("awslogs-"):
            yield _NAMES.get(key, key), one


_PARTS: Mapping[str, Callable[[object], Pairs]] = {
    "essential": lambda value: [("essential", "true" if value else "false")],
    "environment": _environment,
    "secrets": lambda value: [("config", sorted(str(row.get("name")) for row in _rows(value)))],
    "portMappings": _ports,
    "mountPoints": lambda value: [("writable", sorted(str(row.get("containerPath")) for row in _rows(value)))],
    "dependsOn": _waits,
    "healthCheck": _check,
    "logConfiguration": _log,
}
"""What is made of the parts of a container that have parts of their own."""


def _whole(place: str, live: Words, wanted: Words) -> str:
    """The outermost container or check that a place is a part of and that comes or goes; empty where none does."""
    parts = place.split("/")
    wholes = ["/".join(parts[:2])] * (parts[0] == "sidecars") + [place.rpartition("/")[0]] * (parts[-2:-1] == ["check"])
    return next((whole for whole in wholes if _has(live, whole) is not _has(wanted, whole)), "")


def _has(words: Words, whole: str) -> bool:
    return any(place.startswith(f"{whole}/") for place in words)


def _plain(value: object) -> object:
    """ECS gives sizes as text, the engine every number as a float, and ECS a 0 for what nobody has set."""
    if isinstance(value, str) and value.isdigit():
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value == 0 and not isinstance(value, bool) else value


def _said(value: object) -> str:
    """A value as the settings have it, short enough for a line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"[{', '.join(map(str, value))}]" if isinstance(value, list) else " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:77]}..."


def _rows(value: object) -> list[Body]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _body(value: object) -> Body:
    return value if isinstance(value, Mapping) else {}

"""A service or job of Copilot's as a row of the catalogue, and what of its manifest has no such row.

https://aws.github.io/copilot-cli/docs/manifest/overview/
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from driver.core.importing.copilot_schedules import expression
from driver.core.importing.processes import HEALTH, PORT, Row
from model.settings.fargate_sizes import MEMORY

WEB_TYPES: Final = ("Load Balanced Web Service", "Request-Driven Web Service")
BACKEND, WORKER, JOB = "Backend Service", "Worker Service", "Scheduled Job"
TYPES: Final = (*WEB_TYPES, BACKEND, WORKER, JOB)

_NO_ROW: Final = {
    "sidecars": "its sidecars: write them under sidecars",
    "storage": "its volumes: nothing here mounts a file system; keep files in S3",
    "taskdef_overrides": "its taskdef_overrides: look which settings say the same",
    "publish": "the topics that it publishes to: make them yourself, and allow them under grants",
    "subscribe": "its queue: make it yourself, allow it under grants, and set scaling/backlog to scale on it",
    "env_file": "its env_file: slipway config import ENV APP FILE",
    "nlb": "its network load balancer: an application load balancer is all there is",
    "logging": "where its logs go: slipway:logs",
    "observability": "its tracing: write the collector under sidecars",
}
_RANGE = re.compile(r"(\d+)-(\d+)")
_SECONDS = re.compile(r"(?:(\d+)m)?(?:(\d+)s)?")


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service in one environment: its row, the variables that its manifest has, those that it takes from elsewhere,
    and what a person has to do."""

    name: str
    kind: str
    row: Row
    build: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    todos: tuple[str, ...] = ()


def service(name: str, manifest: Mapping[str, object]) -> Service:
    """The service of a manifest, its environment's part laid over it."""
    kind, http = str(manifest.get("type")), manifest.get("http")
    values = _mapping(manifest.get("variables"))
    plain = {key: _text(value) for key, value in values.items() if not isinstance(value, Mapping)}
    todos = [f"{name}: {text}" for text in _todos(kind, manifest)]
    todos += [f"{name}: {key} comes from a stack of CloudFormation; set it" for key in sorted(set(values) - set(plain))]
    return Service(
        name=name,
        kind=kind,
        row=_row(kind, manifest),
        build=_build(manifest.get("image")),
        values=plain,
        secrets=tuple(sorted({*_mapping(manifest.get("secrets")), *(set(values) - set(plain))})),
        hosts=tuple(_hosts(http.get("alias"))) if isinstance(http, Mapping) else (),
        todos=tuple(todos),
    )


def _row(kind: str, manifest: Mapping[str, object]) -> Row:
    cpu = _number(manifest.get("cpu"), 256)
    cpu = min((size for size in MEMORY if size >= cpu), default=max(MEMORY))
    memory = _number(manifest.get("memory"), 512)
    row: Row = {"cpu": cpu, "memory": next((size for size in MEMORY[cpu] if size >= memory), MEMORY[cpu][-1])}
    if kind == JOB:
        row |= {"schedule": _schedule(manifest)}
    else:
        row |= _listening(kind, manifest) | _count(manifest.get("count"))
    words = _words(manifest.get("entrypoint")) + _words(manifest.get("command"))
    row |= {"command": words} if words else {}
    row |= {"exec": True} if manifest.get("exec") is True else {}
    return row | ({"architecture": "arm64"} if "arm" in str(manifest.get("platform")) else {})


def _schedule(manifest: Mapping[str, object]) -> object:
    """When it runs; where that can't be said here, a schedule that starts nothing."""
    found = expression(_text(_mapping(manifest.get("on")).get("schedule")))
    return found or {"at": "rate(1 day)", "enabled": False}


def _listening(kind: str, manifest: Mapping[str, object]) -> Row:
    http = _mapping(manifest.get("http"))
    if kind not in WEB_TYPES and not http:
        return {}
    port = _number(_mapping(manifest.get("image")).get("port"), PORT)
    inside: Row = {} if kind in WEB_TYPES else {"public": False}
    return {"port": port, **inside, "health": _health(http.get("healthcheck"))}


def _health(given: object) -> Row:
    """https://aws.github.io/copilot-cli/docs/manifest/lb-web-service/#http-healthcheck"""
    if isinstance(given, str):
        return {"path": given}
    check = _mapping(given)
    if not check.get("path"):
        return dict(HEALTH)
    numbers = {"healthy_threshold": "healthy", "unhealthy_threshold": "unhealthy"}
    times = {"interval": "interval", "timeout": "timeout", "grace_period": "grace"}
    row: Row = {"path": _text(check["path"])}
    row |= {"codes": _text(check["success_codes"])} if "success_codes" in check else {}
    row |= {here: _number(check[key], 2) for key, here in numbers.items() if key in check}
    return row | {here: seconds for key, here in times.items() if (seconds := _duration(check.get(key)))}


def _count(given: object) -> Row:
    """A number, or the range and what is held within it."""
    if not isinstance(given, Mapping):
        return {"count": _number(given, 1)}
    bounds = given.get("range")
    text = _RANGE.fullmatch(_text(bounds)) if isinstance(bounds, str) else None
    least, most = (text[1], text[2]) if text else (_mapping(bounds).get("min"), _mapping(bounds).get("max"))
    if least is None or most is None:
        return {"count": _number(given.get("spot"), 1)}
    scaling: Row = {"min": max(_number(least, 1), 1), "max": _number(most, 1)}
    for key, here in (("cpu_percentage", "cpu"), ("memory_percentage", "memory"), ("requests", "requests")):
        held = given.get(key)
        value = held.get("value") if isinstance(held, Mapping) else held
        scaling |= {here: _number(value, 60)} if value is not None else {}
    return {"scaling": scaling}


def _todos(kind: str, manifest: Mapping[str, object]) -> Iterator[str]:
    yield from (text for key, text in _NO_ROW.items() if manifest.get(key))
    path = _mapping(manifest.get("http")).get("path", "/")
    if path != "/":
        yield f"Copilot sends it what begins with {path}; here a process has a host name of its own"
    if kind == BACKEND and not manifest.get("http"):
        yield "others reach it by Service Connect; give it a port and public: false, and have them ask its address"
    when = _text(_mapping(manifest.get("on")).get("schedule"))
    if kind == JOB and not expression(when):
        yield f"its schedule {when!r} has no like here, so it starts nothing; set schedule"
    if kind == WEB_TYPES[1]:
        yield "it ran on App Runner, which scales by requests at once; set scaling/requests"
    if not _words(manifest.get("command")) and not _words(manifest.get("entrypoint")):
        yield "what it runs is in its image alone; write its line of the Procfile, or set command"
    if isinstance(_mapping(manifest.get("count")).get("spot"), int):
        yield "it ran on Fargate Spot; set capacity"


def _hosts(alias: object) -> Iterator[str]:
    rows = alias if isinstance(alias, list) else [alias]
    for row in rows:
        name = row.get("name") if isinstance(row, Mapping) else row
        if isinstance(name, str):
            yield name.lower()


def _build(image: object) -> str:
    """What tells images apart: services with the same one are processes of one app."""
    row = _mapping(image)
    if "location" in row:
        return f"location {row['location']}"
    built = row.get("build")
    if isinstance(built, Mapping):
        file = _text(built.get("dockerfile")) or "Dockerfile"
        return f"{file} {_text(built.get('context'))} {_text(built.get('target'))}".rstrip()
    return _text(built) or "Dockerfile"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdigit() else otherwise


def _words(value: object) -> list[str]:
    if isinstance(value, list):
        return [_text(word) for word in value]
    try:
        return shlex.split(value) if isinstance(value, str) else []
    except ValueError:
        return ["sh", "-c", _text(value)]


def _duration(value: object) -> int:
    match = _SECONDS.fullmatch(_text(value))
    return int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0

"""A scale that somebody asks for: a number of tasks, or a range. It is no release, and no deploy or `up` changes it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from driver.core.drift.service_config import Aspect, Shape, Shapes
from driver.core.environment import meant
from driver.core.values.checkpoint import StackState
from driver.errors import InvalidInput, NotFound, NotReady, Unreachable
from model.names.names import AppNames, ProcessNames
from model.names.pulumi_types import SERVICE
from model.settings.app import App, Process
from model.settings.environment import Settings

MOST = 1000
_WISH = re.compile(r"([\w-]+)=(\d+)(?::(\d+))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one service shall have, and what it has."""

    service: str
    process: str
    wanted: Shape
    aspects: Sequence[Aspect]
    before: Shape

    @property
    def line(self) -> str:
        """What changes, in words."""
        return f"{self.process}: {_shown(self.before)} -> {_shown(self.wanted)}"

    @property
    def undo(self) -> str:
        """The argument that takes it back."""
        least_most = self.before.limits
        return f"{self.process}={self.before.count if least_most is None else f'{least_most[0]}:{least_most[1]}'}"


def parse(app: App, wishes: Sequence[str]) -> dict[str, tuple[int, int]]:
    """`process=N` and `process=min:max`, as ranges by process. Raises InvalidInput, NotFound."""
    found: dict[str, tuple[int, int]] = {}
    for wish in wishes:
        match = _WISH.fullmatch(wish)
        if match is None:
            raise InvalidInput(f"{wish} is no scale", hint="Write it as web=3, or as web=2:6 where it scales itself.")
        process, least = match[1], int(match[2])
        most = least if match[3] is None else int(match[3])
        if process not in app.services:
            known = ", ".join(app.services)
            raise NotFound(f"there is no service {process}; there is {known}", hint=meant(process, app.services))
        if process in found:
            raise InvalidInput(f"{process} is there twice")
        if least > most or most > MOST:
            raise InvalidInput(f"{wish} is no range; use numbers up to {MOST}, the smaller one first")
        found[process] = (least, most)
    return found


def plan(names: AppNames, app: App, wishes: Mapping[str, tuple[int, int]], found: Mapping[str, Shape]) -> list[Change]:
    """What to change; nothing for a process that is so already. Raises InvalidInput, NotReady."""
    missing = [process for process in wishes if names.process(process).service not in found]
    if missing:
        raise NotReady(f"{', '.join(missing)} of {names.app}: not there", hint=f"Run `slipway up {names.env}` first.")
    changes = []
    for process, (least, most) in wishes.items():
        service = names.process(process).service
        before = found[service]
        wanted, aspects = _wanted(names.process(process), app.services[process], before, least, most)
        aspects = [aspect for aspect in aspects if before.of(aspect) != wanted.of(aspect)]
        if aspects:
            changes.append(Change(service=service, process=process, wanted=wanted, aspects=aspects, before=before))
    return changes


def staying(settings: Settings, stack: StackState, port: Shapes) -> list[str]:
    """What `up` leaves as it is although the settings say otherwise, a line each with the command that changes it."""
    standing = {row.name for row in stack.resources if row.kind == SERVICE}
    apps = {
        app: {key: row for key, row in spec.services.items() if settings.names(app).process(key).logical in standing}
        for app, spec in settings.apps.items()
    }
    services = [settings.names(app).process(key).service for app, rows in apps.items() for key in rows]
    if not services:
        return []
    try:
        found = port.read(settings.env, services)
    except Unreachable as error:
        return [f"whether the settings have another scale was not looked at: {error.message}"]
    return [line for app, rows in apps.items() for line in _staying(settings.names(app), rows, found)]


def _staying(names: AppNames, processes: Mapping[str, Process], found: Mapping[str, Shape]) -> Iterator[str]:
    for key, spec in processes.items():
        one = names.process(key)
        there = found.get(one.service)
        wish = None if there is None else _otherwise(spec, there)
        if there is not None and wish is not None:
            yield (
                f"{one.logical}: the scale stays {_shown(there)}, and the settings have {wish.replace(':', ' to ')}:"
                f" slipway scale {names.env} {names.app} {key}={wish}"
            )


def _otherwise(spec: Process, found: Shape) -> str | None:
    """The scale of the settings as an argument; None where it is what is there, or what a schedule has set."""
    if spec.scaling is None:
        return None if found.count == spec.initial_count else str(spec.initial_count)
    ranges = [(spec.scaling.min, spec.scaling.max), *((one.min, one.max) for one in spec.scaling.schedules.values())]
    return None if found.limits is None or found.limits in ranges else f"{spec.scaling.min}:{spec.scaling.max}"


def _wanted(names: ProcessNames, spec: Process, before: Shape, least: int, most: int) -> tuple[Shape, list[Aspect]]:
    """A count where nothing scales the process; else limits, and a count within them: AWS moves none of its own."""
    process = names.process
    if before.limits is None:
        if least != most and spec.scaling is not None:
            raise NotReady(
                f"{process} scales itself by the catalogue, but AWS has no scalable target and no policies for it",
                hint=f"Run `slipway up {names.env}` first, which makes both. Until then: {process}={most}.",
            )
        if least != most:
            raise InvalidInput(
                f"{process} does not scale itself, so it has a number of tasks and no range",
                hint=f"Use {process}={most}, or give it scaling in the catalogue.",
            )
        return replace(before, count=least), [Aspect.COUNT]
    sleeps = spec.scaling is not None and spec.scaling.sleeps
    if least == 0 < most and not sleeps:
        raise InvalidInput(
            f"{process} would not wake up: no queue starts it again once it has no task",
            hint=f"Use {process}=1:{most}, or {process}=0 to stop it.",
        )
    count = max(least, min(most, before.count or 0))
    return replace(before, limits=(least, most), count=count), [Aspect.LIMITS, Aspect.COUNT]


def _shown(shape: Shape) -> str:
    if shape.limits is None:
        return str(shape.count)
    return f"{shape.limits[0]} to {shape.limits[1]}, now {shape.count}"

"""Which lines of a log are wanted: by a pattern, by level, by the tasks of one release."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import IntEnum

from driver.core.observe.logs import Row
from driver.core.ports import World
from driver.core.values.release import Release
from driver.errors import InvalidInput

Wanted = Callable[[Row], bool]


class Level(IntEnum):
    """How grave a line is, as syslog, Python, Java and JavaScript have it, in five steps."""

    DEBUG = 10
    INFO = 20
    WARN = 30
    ERROR = 40
    FATAL = 50


NAMES: Mapping[str, Level] = {
    "trace": Level.DEBUG, "debug": Level.DEBUG, "info": Level.INFO, "notice": Level.INFO,
    "warn": Level.WARN, "warning": Level.WARN, "err": Level.ERROR, "error": Level.ERROR, "severe": Level.ERROR,
    "crit": Level.FATAL, "critical": Level.FATAL, "fatal": Level.FATAL, "alert": Level.FATAL, "emerg": Level.FATAL,
}  # fmt: skip
FIELDS = ("level", "severity", "levelname", "lvl", "log.level")
IN_TEXT = re.compile(
    r"(?:\b(?:level|severity|lvl)=\"?(?P<field>\w+)|\b(?P<upper>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|SEVERE"
    r"|CRIT|CRITICAL|FATAL|ALERT|EMERG)\b|[\[<](?P<bracket>trace|debug|info|notice|warn|warning|error|crit|critical"
    r"|fatal|alert|emerg)[\]>])"
)
HEAD = 200
"""Characters at the beginning of a line in which its level stands: further on it is what the line is about."""


def by_pattern(text: str) -> Wanted:
    """The lines in which a regular expression is found. Raises InvalidInput."""
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise InvalidInput(
            f"{text} is no regular expression: {error}", hint="A sign is meant itself after a \\."
        ) from None
    return lambda row: pattern.search(row.line.message) is not None


class AtLeast:
    """The lines of a level or a graver one. A line without a level is part of what its task printed before it, as the
    lines of a traceback are."""

    def __init__(self, least: Level) -> None:
        self._least = least
        self._streams: dict[str, Level | None] = {}
        self._decided: dict[str, bool] = {}

    def __call__(self, row: Row) -> bool:
        """Lines come in their order; one that comes again is judged as it was."""
        if row.line.id and row.line.id in self._decided:
            return self._decided[row.line.id]
        level = level_of(row.line.message) or self._streams.get(row.line.stream)
        self._streams[row.line.stream] = level
        wanted = level is not None and level >= self._least
        self._decided[row.line.id] = wanted
        return wanted


def level_named(name: str) -> Level:
    """A level by what somebody calls it. Raises InvalidInput."""
    if name.lower() not in NAMES:
        raise InvalidInput(f"{name} is no level", hint="There are debug, info, warn, error and fatal.")
    return NAMES[name.lower()]


def level_of(message: str) -> Level | None:
    """The level that a line names, in a field of JSON or logfmt, or as a word of its beginning."""
    if message.startswith("{"):
        return _in_json(message)
    found = IN_TEXT.search(message[:HEAD])
    return None if found is None else NAMES.get(next(word for word in found.groups() if word).lower())


def _in_json(message: str) -> Level | None:
    try:
        fields = json.loads(message)
    except ValueError:
        return None
    value = next((fields[name] for name in FIELDS if name in fields), None)
    if isinstance(value, int):
        # As pino and bunyan number them.
        return max((level for level in Level if level <= value), default=Level.DEBUG)
    return NAMES.get(str(value).lower())


def by_tasks(tasks: Collection[str]) -> Wanted:
    """The lines of these tasks, by their ids. A stream is `<prefix>/<container>/<task id>`."""
    return lambda row: row.line.stream.rsplit("/", 1)[-1] in tasks


def every_of(parts: Sequence[Wanted]) -> Wanted:
    """The lines that all parts want; each is asked, since one that keeps count must see every line."""
    return lambda row: all([part(row) for part in parts])


def tasks_of(world: World, release: Release, past: Sequence[Release]) -> frozenset[str]:
    """The ids of the tasks of a release: those that run, those that ended as far as ECS's events are kept, and the runs
    of its release process. One that failed never came to own its task definitions: its are those of no other release.

    Raises Unreachable.
    """
    names, app = world.settings.names(release.app), world.settings.apps[release.app]
    mine = frozenset(release.pin.tasks.values())
    others = frozenset(arn for row in past if row.number != release.number for arn in row.pin.tasks.values())
    families = {names.process(process).family for process in app.services}

    def belongs(arn: str) -> bool:
        family = arn.rsplit("/", 1)[-1].rsplit(":", 1)[0]
        return arn in mine if mine else arn not in others and family in families

    live = world.tasks.live(world.settings.env)
    stopped = [
        task
        for process in app.services
        for task in world.events.stopped_of(world.settings.env, names.process(process).service, release.started)
        if mine or _within(release, task.created)
    ]
    rows = [(row.arn, row.task_definition) for row in live if mine or _within(release, row.created)]
    rows += [(row.arn, row.task_definition) for row in stopped]
    found = [arn for arn, definition in rows if belongs(definition)]
    return frozenset(arn.rsplit("/", 1)[-1] for arn in (*found, *(row.task for row in release.attempts)))


def _within(release: Release, at: datetime | None) -> bool:
    return at is not None and release.started <= at and (release.finished is None or at <= release.finished)

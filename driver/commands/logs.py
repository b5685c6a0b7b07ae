"""`slipway logs`: what the processes of an app print."""

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.completing import processes, releases
from driver.views.options import App, Env, Json, number_of
from driver.views.spans import seconds

if TYPE_CHECKING:
    from driver.core.observe.log_filter import Wanted
    from driver.core.observe.logs import Row, Tail
    from driver.core.ports import LogLine
    from model.settings.environment import Settings

ProcessOption = Annotated[
    str | None, typer.Option("--process", "-p", help="One process; without it, all.", autocompletion=processes)
]
LinesOption = Annotated[
    int | None, typer.Option("--lines", "-n", min=1, help="The latest so many: 100, or all with --since.")
]
SinceOption = Annotated[str | None, typer.Option("--since", help="How far back: 30s, 10m, 2h, 1d.")]
ProbesOption = Annotated[bool, typer.Option("--probes", help="The load balancer's health checks too.")]
GrepOption = Annotated[str | None, typer.Option("--grep", help="Lines in which this regular expression is found.")]
LevelOption = Annotated[
    str | None, typer.Option("--level", help="Lines that are as grave or graver: debug, info, warn, error, fatal.")
]
ReleaseOption = Annotated[
    str | None,
    typer.Option("--release", metavar="vN", help="Lines of the tasks of one release.", autocompletion=releases),
]
FollowOption = Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")]

LINES = 100
# Seconds. FilterLogEvents allows 5 to 10 requests a second in an account and region.
POLL = 2.0
COLOURS = (36, 33, 35, 32, 34, 31)
"""Colours of terminals, one for each process: the codes of ECMA-48."""


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    process: ProcessOption = None,
    lines: LinesOption = None,
    since: SinceOption = None,
    follow: FollowOption = False,
    probes: ProbesOption = False,
    grep: GrepOption = None,
    level: LevelOption = None,
    release: ReleaseOption = None,
    as_json: Json = False,
) -> None:
    """Show the log of APP, its processes together, oldest line first. With --json, one object a line.

    Health checks that went well are left out. A line without a level, as of a traceback, goes with the one before it.
    """
    from driver.adapters.aws.cloudwatch_logs import CloudWatchLogs
    from driver.adapters.aws.session import Session
    from driver.adapters.project.stack_files import load_settings
    from driver.core.observe.logs import Tail, latest, read

    now = int(time.time() * 1000)
    start = None if since is None else now - 1000 * seconds(since)
    settings = load_settings(ctx.obj, env, (app,), console.say)
    groups = _groups(settings, app, process)
    filters = _filters(grep, level)
    if release is not None:
        start = _add_release(filters, ctx.obj, (env, app, release), start)
    logs = CloudWatchLogs(Session(settings.region))
    tell = cache(console.say)
    wanted = _wanted([*([] if probes else [_no_probes(settings, app)]), *filters])
    if start is None:
        rows, start = latest(logs, groups, now, lines or LINES, wanted, tell)
        shown = [row for row in rows if wanted(row)][-(lines or LINES) :]
    else:
        rows = read(logs, groups, start, tell)
        shown = [row for row in rows if wanted(row)][-lines if lines else 0 :]
    show = json_line if as_json else _text_lines(list(groups))
    _print(shown, show)
    if rows and not shown:
        _tell_of_none(rows, filtered=bool(filters))
    if follow:
        _follow(Tail(logs, groups, rows, start, now, tell), wanted, show)


def _filters(grep: str | None, level: str | None) -> "list[Wanted]":
    from driver.core.observe.log_filter import AtLeast, by_pattern, level_named

    # Levels first: they count on seeing every line.
    found: list[Wanted] = [] if level is None else [AtLeast(level_named(level))]
    return found if grep is None else [*found, by_pattern(grep)]


def _wanted(filters: "list[Wanted]") -> "Wanted":
    from driver.core.observe.log_filter import every_of

    return every_of(filters)


def _add_release(filters: "list[Wanted]", project: Path, named_so: tuple[str, str, str], start: int | None) -> int:
    """Leave the lines of a release's tasks; from when on, in milliseconds. Raises NotFound, Unreachable."""
    from driver.core.observe.log_filter import by_tasks, tasks_of
    from driver.core.values.release import named
    from driver.wiring import live

    env, app, release = named_so
    number, world = number_of(release), live(project, env, needed=(app,))
    past = world.ledger.releases(app)
    found = named(past, app, number)
    filters.append(by_tasks(tasks_of(world, found, past)))
    return int(found.started.timestamp() * 1000) if start is None else start


def _tell_of_none(rows: "list[Row]", *, filtered: bool) -> None:
    since = _time(rows[0].line)
    if filtered:
        console.say(
            f"none of the {len(rows)} lines since {since} is one that was asked for; --since looks further back"
        )
    else:
        console.say(f"nothing but {len(rows)} health checks since {since}; --probes shows them")


def _text_lines(processes: list[str]) -> "Callable[[Row], str]":
    """Lines for people: on a terminal each process has a colour for its name, which is there without one too."""
    if not console.colourful():
        return text_line
    colours = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(processes)}

    def coloured(row: "Row") -> str:
        head, _, message = text_line(row).partition(": ")
        return f"\x1b[{colours[row.process]}m{head}:\x1b[0m {message}"

    return coloured


def text_line(row: "Row") -> str:
    """`<time> <process>.<task>: <message>`, as Heroku writes it."""
    return f"{_time(row.line)} {row.process}.{_task(row.line)[:6]}: {row.line.message.rstrip()}"


def json_line(row: "Row") -> str:
    """One JSON object, so that what follows can be read as it comes."""
    fields = {"at": _time(row.line), "process": row.process, "task": _task(row.line), "message": row.line.message}
    return json.dumps(fields)


def _groups(settings: "Settings", app: str, process: str | None) -> dict[str, str]:
    """The log group of each process asked for. Raises NotFound."""
    from driver.core.environment import app_of, meant
    from driver.errors import NotFound

    known = app_of(settings, app).processes
    if process is not None and process not in known:
        raise NotFound(f"{app} has no process {process}; it has {', '.join(known)}", hint=meant(process, known))
    names = settings.names(app)
    return {name: names.process(name).log_group for name in known if process in {None, name}}


def _no_probes(settings: "Settings", app: str) -> "Callable[[Row], bool]":
    """All lines but those that health checks of their process have left."""
    from driver.core.observe.probes import is_probe

    processes = settings.apps[app].processes
    paths = {name: row.health.path for name, row in processes.items() if row.port is not None}
    return lambda row: row.process not in paths or not is_probe(row.line.message, paths[row.process])


def _follow(tail: "Tail", wanted: "Callable[[Row], bool]", show: "Callable[[Row], str]") -> None:
    while True:
        time.sleep(POLL)
        _print(filter(wanted, tail.more()), show)


def _print(rows: "Iterable[Row]", show: "Callable[[Row], str]") -> None:
    """All at once, as `console.table` does."""
    if lines := [show(row) for row in rows]:
        console.answer("\n".join(lines))


def _time(line: "LogLine") -> str:
    return datetime.fromtimestamp(line.at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _task(line: "LogLine") -> str:
    """The stream is `<prefix>/<container>/<task id>`."""
    return line.stream.rsplit("/", 1)[-1]

"""`slipway logs`: what the processes of an app print."""

import json
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.completing import processes
from driver.views.options import App, Env, Json
from driver.views.spans import seconds

if TYPE_CHECKING:
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
FollowOption = Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")]

LINES = 100
# Seconds. FilterLogEvents allows 5 to 10 requests a second in an account and region.
POLL = 2.0


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    process: ProcessOption = None,
    lines: LinesOption = None,
    since: SinceOption = None,
    follow: FollowOption = False,
    probes: ProbesOption = False,
    as_json: Json = False,
) -> None:
    """Show the log of APP, its processes together, oldest line first. With --json, one object a line.

    Health checks that went well are left out.
    """
    from driver.adapters.aws.cloudwatch_logs import CloudWatchLogs
    from driver.adapters.aws.session import Session
    from driver.adapters.project.stack_files import load_settings
    from driver.core.observe.logs import Tail, every, latest, read

    now = int(time.time() * 1000)
    start = None if since is None else now - 1000 * seconds(since)
    settings = load_settings(ctx.obj, env, (app,), console.say)
    groups = _groups(settings, app, process)
    logs = CloudWatchLogs(Session(settings.region))
    tell = cache(console.say)
    wanted = every if probes else _no_probes(settings, app)
    if start is None:
        rows, start = latest(logs, groups, now, lines or LINES, wanted, tell)
        shown = [row for row in rows if wanted(row)][-(lines or LINES) :]
    else:
        rows = read(logs, groups, start, tell)
        shown = [row for row in rows if wanted(row)][-lines if lines else 0 :]
    show = json_line if as_json else text_line
    _print(shown, show)
    if rows and not shown:
        console.say(f"nothing but {len(rows)} health checks since {_time(rows[0].line)}; --probes shows them")
    if follow:
        _follow(Tail(logs, groups, rows, start, now, tell), wanted, show)


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

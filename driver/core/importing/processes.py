"""The processes of an app at Heroku as rows of the catalogue, and what in their commands has to be mended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from driver.core.importing.dyno_sizes import fargate
from driver.core.values.heroku import Dynos, HerokuApp
from model.errors import SpecError
from model.procfile.advice import WEB, advice
from model.procfile.binding import fixed_port
from model.procfile.procfile import Procfile, parse_procfile
from model.procfile.shell_words import commands
from model.settings.app import RELEASE
from model.settings.backdoor import NAME as BACKDOOR

Row = dict[str, object]
PORT: Final = 8000
LONGEST: Final = 30
"""Characters of a process's name at most."""
HEALTH: Final = {"path": "/", "codes": "200-499"}
"""What counts as well at Heroku's: that something answers."""
_NOT_RUN: Final = {
    "console": "the console is opened by hand",
    "rake": "rake tasks are run by hand",
    "postdeploy": "postdeploy is run by hand, once for an environment",
}
_NO_DYNOS: Final = Dynos(quantity=0, size="standard-1x")


@dataclass(frozen=True, kw_only=True)
class Processes:
    """The rows that an app gets, by process; what a person has to do about them, and what was left out."""

    rows: Mapping[str, Row]
    todos: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether anything of it is a service."""
        return any(name != RELEASE for name in self.rows)


def processes(app: HerokuApp) -> Processes:
    """Each process that the current release or the formation has, in that order."""
    names = list(dict.fromkeys([*app.commands, *app.dynos]))
    left = {name: why for name in names if (why := _left(name, app))}
    rows = {name: _row(name, app) for name in names if name not in left}
    taken = [name for name in left if len(name) > LONGEST or name == BACKDOOR]
    todos = [f"{name}: {left[name]}; give it another name in the Procfile and a row in the catalogue" for name in taken]
    return Processes(rows=rows, todos=(*todos, *_sizes(app, rows), *_commands(app, rows)), left=left)


def _left(name: str, app: HerokuApp) -> str:
    if len(name) > LONGEST:
        return f"a name has {LONGEST} characters at most"
    if name == BACKDOOR:
        return "that name is the one of the debug task here"
    if name in _NOT_RUN and app.dynos.get(name, _NO_DYNOS).quantity == 0:
        return _NOT_RUN[name]
    return ""


def _row(name: str, app: HerokuApp) -> Row:
    dynos = app.dynos.get(name) or (app.dynos.get(WEB) if name == RELEASE else None) or _NO_DYNOS
    size = fargate(dynos.size)
    row: Row = {"cpu": size.cpu, "memory": size.memory}
    if name == RELEASE:
        return row
    if name == WEB:
        row |= {"port": _port(app.commands.get(name, ""))} | ({"public": False} if app.internal else {})
    row |= {"count": dynos.quantity}
    return row | ({"health": dict(HEALTH)} if name == WEB else {})


def _port(command: str) -> int:
    """The port that a command listens on whatever it is told, if there is one."""
    found = [fixed_port(program, rest) for program, *rest in commands(command)]
    return next((port for port in found if port), PORT)


def _sizes(app: HerokuApp, rows: Mapping[str, Row]) -> Iterator[str]:
    for name in rows:
        dynos = app.dynos.get(name)
        if dynos is not None and not fargate(dynos.size).exact:
            row = rows[name]
            yield (
                f"{name}: a dyno {dynos.size} has become cpu {row['cpu']} and memory {row['memory']}; look whether"
                " that is enough"
            )


def _commands(app: HerokuApp, rows: Mapping[str, Row]) -> Iterator[str]:
    ports = {name: port for name, row in rows.items() if isinstance(port := row.get("port"), int)}
    for name in rows:
        command = app.commands.get(name, "")
        if not command:
            yield f"{name}: Heroku does not say what it runs; write its line of the Procfile"
            continue
        try:
            line: Procfile = parse_procfile(f"{name}: {command}")
        except SpecError as error:
            yield f"{name}: {error.message}"
            continue
        for row in advice(line, ports):
            yield f"{name} {row.problem}; {row.mend}"

"""What a Procfile says that does no good on ECS, though a shell takes it: each with its line and the mend."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from model.procfile.binding import fixed_port, loopback
from model.procfile.procfile import Procfile
from model.procfile.shell_line import visible
from model.procfile.shell_words import commands, lines
from model.settings.app import RELEASE

WEB = "web"
_MANAGERS: Final = {"foreman", "honcho", "goreman", "forego", "overmind", "hivemind", "shoreman", "nf", "heroku"}


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One thing to mend: `place` is ``<path>:<line>``, `problem` and `mend` are what a person reads."""

    place: str
    process: str
    rule: str
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.place}: {self.process} {self.problem}; {self.mend}"


Found = tuple[str, str, str] | None
"""Rule, problem, mend."""


def advice(procfile: Procfile, ports: Mapping[str, int] | None = None) -> list[Advice]:
    """All that is to be mended, in the order of the file. `ports` are those that the catalogue gives; without them
    `web` alone is taken to listen."""
    listening = {WEB: None} if ports is None else dict(ports)
    found = []
    for process, command in procfile.items():
        place = procfile.place(process)
        rows = [_name(process), *(check(command) for check in _CHECKS)]
        if process in listening:
            rows += [_port(command, listening[process]), _loopback(command)]
        rows += [_lost_failure(command)] if process == RELEASE else []
        found += [Advice(place=place, process=process, rule=row[0], problem=row[1], mend=row[2]) for row in rows if row]
    return found


def _background(command: str) -> Found:
    bare = visible(command).rstrip(" \t)}")
    if not bare.endswith("&") or bare.endswith("&&"):
        return None
    return (
        "background",
        "ends in `&`: the shell starts it in the background and ends, and the container with it",
        "take the `&` off",
    )


def _beside(command: str) -> Found:
    if not re.search(r"(?<![&>|;])&(?![&>])\s*\w", visible(command)) or re.search(r"\bwait\b", visible(command)):
        return None
    return (
        "beside",
        "starts a command with `&` beside another: nobody sees when it ends, and it gets no SIGTERM",
        "give each of the two a line of its own",
    )


# Program, a word that it has to have, words of which one keeps it in front, the words to write instead.
_DAEMONS: Final[Sequence[tuple[str, re.Pattern[str], re.Pattern[str], str]]] = (
    ("gunicorn", re.compile(r"--daemon|-D"), re.compile(r"$^"), "take --daemon out"),
    ("celery", re.compile(r"--detach|-D|multi"), re.compile(r"$^"), "run `celery worker` without --detach or multi"),
    ("uwsgi", re.compile(r"--daemonize2?(=.*)?|-d"), re.compile(r"$^"), "take --daemonize out"),
    ("puma", re.compile(r"--daemon|-d"), re.compile(r"$^"), "take --daemon out"),
    ("sidekiq", re.compile(r"--daemon|-d"), re.compile(r"$^"), "take --daemon out"),
    ("unicorn", re.compile(r"--daemonize|-D"), re.compile(r"$^"), "take --daemonize out"),
    ("pm2", re.compile(r"start|restart"), re.compile(r"--no-daemon"), "run it with pm2-runtime, or without pm2"),
    ("forever", re.compile(r"start"), re.compile(r"$^"), "run it without forever: ECS starts it again when it ends"),
    ("supervisord", re.compile(r".*"), re.compile(r"-n|--nodaemon"), "give each of its programs a line here"),
    ("service", re.compile(r"start|restart"), re.compile(r"$^"), "run the program itself, in the foreground"),
)


def _daemon(command: str) -> Found:
    for program, *rest in commands(command):
        for name, sign, keeps, mend in _DAEMONS:
            if program == name and any(sign.fullmatch(word) for word in rest or [""]):
                if any(keeps.fullmatch(word) for word in rest):
                    continue
                return "daemon", f"starts {name} in the background and ends, and the container with it", mend
    return None


def _manager(command: str) -> Found:
    for program, *rest in commands(command):
        starts = rest[:1] == ["start"] or rest[:1] == ["local"] or (program in {"hivemind", "shoreman"})
        if program in _MANAGERS and starts:
            name = f"{program} {rest[0]}" if rest else program
            return (
                "process-manager",
                f"runs `{name}`: all processes in one container, which ends and is counted as one",
                "write the command of this one process; each line of the Procfile runs as a service of its own",
            )
    return None


def _remapped(command: str) -> Found:
    if not re.search(r"(?<![\w$])REMAP_SIGTERM=", command):
        return None
    return (
        "remap-sigterm",
        "sets REMAP_SIGTERM: on ECS Celery would drop the tasks that it is at, where SIGTERM alone lets it finish them",
        "take REMAP_SIGTERM out; stop_timeout in the catalogue is how long it may take",
    )


_HEROKU = re.compile(r"\$(?:\{(DYNO(?:_RAM)?|HEROKU_\w+)\}|(DYNO(?:_RAM)?|HEROKU_\w+)\b)")
_HERE: Final = {"DYNO": "HOSTNAME", "HEROKU_APP_NAME": "SLIPWAY_APP", "HEROKU_RELEASE_VERSION": "SLIPWAY_RELEASE"}


def _heroku_variable(command: str) -> Found:
    match = _HEROKU.search(command)
    if match is None:
        return None
    name = match[1] or match[2]
    mend = (
        f"write ${_HERE[name]}, which each task has" if name in _HERE else "set a variable of that name, or take it out"
    )
    return "heroku-variable", f"uses ${name}, which Heroku alone sets", mend


_BUILDPACK = re.compile(
    r"heroku-(?:php|hhvm)-(?:apache2|nginx)|bin/start-(?:nginx(?:-\w+)?|pgbouncer(?:-stunnel)?|stunnel)|bin/qgtunnel"
    r"|/app/\.(?:heroku|apt|jdk)/|(?:^|\s)\.(?:heroku|apt|jdk)/"
)


def _buildpack(command: str) -> Found:
    match = _BUILDPACK.search(command)
    if match is None:
        return None
    return (
        "buildpack",
        f"needs {match[0].strip()}, which a buildpack of Heroku's brings and an image of yours does not",
        "install it in the Dockerfile, or write the command without it",
    )


def _backslash(command: str) -> Found:
    match = re.search(r"(?<![\\'\"])[\w.]*\\[A-Za-z]\w*", re.sub(r"'[^']*'|\"[^\"]*\"", "", command))
    if match is None:
        return None
    return "backslash", f"holds {match[0]}, of which a shell drops the `\\`", "write `/` between folders"


_NAMES: Final = "web|worker|release"


def _label(command: str) -> Found:
    first = re.match(rf"[A-Za-z0-9_-]+:(?!//)|(?:{_NAMES})(?=\s)", command)
    if first is not None:
        return "label", f"begins with `{first[0]}`, which is no program", "one name stands before the command"
    inner = re.search(rf"(?:{_NAMES}):(?=\s)", visible(command))
    if inner is not None:
        return (
            "label",
            f"has `{inner[0]}` in its middle: two lines have become one",
            f"begin a new line at `{inner[0]}`",
        )
    return None


def _name(process: str) -> Found:
    small = process.lower()
    if process == small or small not in {WEB, RELEASE}:
        return None
    return "name", f"is another process than `{small}`, which has a meaning of its own", f"call it `{small}`"


_TYPOGRAPHIC = re.compile(r"[\u2010-\u2015\u2212]|[\u2018\u2019\u201a\u201b\u201c-\u201f\u00ab\u00bb]|\u2026")


def _typographic(command: str) -> Found:
    match = _TYPOGRAPHIC.search(visible(command))
    if match is None:
        return None
    return (
        "typographic",
        f"holds {match[0]} (U+{ord(match[0]):04X}), which a shell takes for a letter",
        "type the plain quote, hyphen or dots instead",
    )


def _port(command: str, own: int | None) -> Found:
    for program, *rest in commands(command):
        port = fixed_port(program, rest)
        if port and port != own:
            return (
                "fixed-port",
                f"listens on {port}, and the load balancer asks on $PORT",
                f"write $PORT instead of {port}",
            )
    assigned = re.search(r"(?<![\w$])PORT=[\"']?(\d+)", command)
    if assigned and int(assigned[1]) != own:
        return "fixed-port", f"sets PORT to {assigned[1]} itself", "leave it out: the platform sets PORT"
    return None


def _loopback(command: str) -> Found:
    for program, *rest in commands(command):
        where = loopback(program, rest)
        if where:
            return (
                "loopback",
                f"listens on {where}, where no load balancer reaches it",
                "listen on 0.0.0.0",
            )
    return None


def _lost_failure(command: str) -> Found:
    for line in list(lines(command))[1:]:
        if "|" in line and "pipefail" not in line:
            return (
                "lost-failure",
                "has a pipe inside of another shell, which ends with 0 even where what is before the pipe fails",
                "write the pipe without `bash -c`, or begin it with `set -o pipefail;`",
            )
    return None


_CHECKS: Final[Sequence[Callable[[str], Found]]] = (
    _background, _beside, _daemon, _manager, _remapped, _heroku_variable, _buildpack, _backslash, _label, _typographic,
)  # fmt: skip

"""The Procfile: which processes an app has and the command of each."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from model.errors import SpecError
from model.procfile.shell_line import unfinished, visible
from model.settings.app import RELEASE

_CONTROL: Final = {"Cc", "Cs", "Cn", "Zl", "Zp"}
_INVISIBLE: Final = {"Cf", "Zs"}
_LINE = re.compile(r"(?P<process>[A-Za-z0-9_-]+):[ \t]*(?P<command>.*)")


@dataclass(frozen=True)
class Procfile(Mapping[str, str]):
    """Commands by process name, in the order of the file; a mapping that nobody can change."""

    commands: Mapping[str, str]
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each process in the file, from 1."""
    path: str = "Procfile"

    def __getitem__(self, process: str) -> str:
        return self.commands[process]

    def __iter__(self) -> Iterator[str]:
        return iter(self.commands)

    def __len__(self) -> int:
        return len(self.commands)

    def place(self, process: str) -> str:
        """Where the line of a process is: ``<path>:<line>``."""
        return f"{self.path}:{self.lines[process]}" if process in self.lines else self.path

    @property
    def release(self) -> str | None:
        """The command that has to succeed before a release is rolled out, or None where the app has none."""
        return self.commands.get(RELEASE)

    @property
    def services(self) -> tuple[str, ...]:
        """The processes that run all the time: every one but `release`."""
        return tuple(process for process in self.commands if process != RELEASE)


def parse_procfile(text: str, path: str = "Procfile") -> Procfile:
    """The processes of a Procfile by Heroku's rules, blank lines and lines that begin with ``#`` left out.

    Raises SpecError, whose path is ``<path>:<line>``, for anything else.
    https://devcenter.heroku.com/articles/procfile
    """
    commands: dict[str, str] = {}
    first_seen: dict[str, int] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        process, command = _parse_line(stripped, f"{path}:{number}")
        if process in commands:
            raise SpecError(
                f"{path}:{number}",
                f"process {process!r} stands on line {first_seen[process]} already; one line a process",
                found=stripped,
                hint="remove one of the two lines",
            )
        commands[process], first_seen[process] = command, number
    if not commands:
        raise SpecError(path, "it names no process", found=text, hint="write a line such as `web: gunicorn app.wsgi`")
    return Procfile(MappingProxyType(commands), MappingProxyType(first_seen), path)


def _parse_line(line: str, path: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise SpecError(path, f"{line!r} is not `<process>: <command>`; {_instead(line)}", found=line)
    process, command = match["process"], match["command"].strip()
    _check_command(process, command, path)
    return process, command


def _check_command(process: str, command: str, path: str) -> None:
    problem = _unprintable(command) or unfinished(command)
    if problem:
        raise SpecError(
            path, f"the command of {process!r} can't be run: {problem}", found=command, hint="mend the line"
        )


def _instead(line: str) -> str:
    """What the author may have meant by a line that is none."""
    if line[0] in "'\"":
        return "take the quotes around the line off"
    if line.startswith(("heroku ", "$ ")):
        return "that is typed into a shell; take it out"
    if re.match(r"(?:web|worker|release)\s", line):
        return "a colon comes after the process"
    if re.match(r"[^\s#/\"'()]+:\s", line):
        return "the name of a process has letters, digits, `_` and `-`"
    return "comments begin with #"


def _unprintable(command: str) -> str:
    """What of a command can't be seen: a control character anywhere, a space that is none to a shell where it would be
    part of a word."""
    for where, wrong in ((command, _CONTROL), (visible(command), _INVISIBLE)):
        for character in where:
            if character != "\t" and unicodedata.category(character) in wrong and character != " ":
                name = unicodedata.name(character, "a control character").lower()
                return f"it holds an unprintable character, {name} (U+{ord(character):04X})"
    return ""


def script_name(process: str) -> str:
    """The file that starts `process`, relative to the app's folder in the image."""
    return f"entrypoint-{process}.sh"

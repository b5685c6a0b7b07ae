"""The Procfile: which processes an app has and the command of each, and the script that starts one in its image."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from spec.catalogue import RELEASE
from spec.errors import SpecError
from spec.shell import exec_last, unfinished

SCRIPT_MARK: Final = "# Made from the Procfile by `slipway image entrypoints`: changes made here are lost."
_LINE = re.compile(r"(?P<process>[A-Za-z0-9_-]+):[ \t]*(?P<command>.*)")
_UNPRINTABLE = re.compile(r"[^\t\x20-\x7e\x80-\U0010ffff]")


@dataclass(frozen=True)
class Procfile(Mapping[str, str]):
    """Commands by process name, in the order of the file; a mapping that nobody can change."""

    commands: Mapping[str, str]

    def __getitem__(self, process: str) -> str:
        return self.commands[process]

    def __iter__(self) -> Iterator[str]:
        return iter(self.commands)

    def __len__(self) -> int:
        return len(self.commands)

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
    return Procfile(MappingProxyType(commands))


def _parse_line(line: str, path: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise SpecError(path, f"{line!r} is not `<process>: <command>`", found=line, hint="comments begin with #")
    process, command = match["process"], match["command"].strip()
    _check_command(process, command, path)
    return process, command


def _check_command(process: str, command: str, path: str) -> None:
    problem = unfinished(command)
    if _UNPRINTABLE.search(command):
        problem = "it holds an unprintable character"
    if problem:
        raise SpecError(
            path, f"the command of {process!r} can't be run: {problem}", found=command, hint="mend the line"
        )


def script_name(process: str) -> str:
    """The file that starts `process`, relative to the app's folder in the image."""
    return f"entrypoint-{process}.sh"


def entrypoint_script(command: str) -> str:
    """The text of an entrypoint script: POSIX sh, since slim images have no bash; the first failing command ends it.

    ECS sends SIGTERM to the task's first process alone, and a shell neither passes it on nor ends of it. So one command
    replaces the shell by `exec`. A line of several stays as it is: which of them a signal is meant for is the author's
    to say, with an `exec` of their own. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html
    """
    lines = exec_last(command)
    if lines is None:
        why = "# More than one command, or one of the shell's own: the shell stays, and SIGTERM reaches only the shell."
        advice = "# Where the last command has to stop gracefully, write `exec` before it in the Procfile."
        lines = (why, advice, command)
    return "\n".join(("#!/bin/sh", SCRIPT_MARK, "set -e", *lines)) + "\n"

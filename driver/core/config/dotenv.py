"""Files of `NAME=value` lines in the three dialects that are in use, which read some lines differently."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from itertools import pairwise
from typing import Final

from dotenv.parser import parse_stream

from driver.core.config.variables import NAME, check_names, check_value
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput


class Dialect(StrEnum):
    """Who wrote the file, or reads it elsewhere.

    HEROKU is what `heroku config --shell` prints; PYTHON python-dotenv, NODE the package dotenv of npm.
    """

    HEROKU = "heroku"
    PYTHON = "python"
    NODE = "node"


def dialect_named(name: str | None) -> Dialect | None:
    """The dialect that a person names. Raises InvalidInput."""
    if name is None:
        return None
    if name not in set(Dialect):
        raise InvalidInput(f"--dialect {name}: there is no such dialect", hint=f"There are {', '.join(Dialect)}.")
    return Dialect(name)


@dataclass(frozen=True)
class _Line:
    """One variable, where it stands; None for the name of a line that is none, and for a value without `=`."""

    number: int
    name: str | None
    value: str | None = None


def parse_dotenv(text: str, name: str = "stdin", dialect: Dialect | None = None) -> SecretValues:
    """The variables of a file, taken literally: no `$NAME` in a value is replaced.

    Without a dialect it is read as PYTHON, and refused where another one that can read the file finds another value.
    Raises InvalidInput that names the file and line of everything wrong, and never quotes the line, since a value may
    be on it.
    """
    lines = list(_READERS[dialect or Dialect.PYTHON](text))
    findings = [*_problems(lines), *_wrapped(text, lines)]
    if not findings and dialect is None:
        findings = _disputed(text, lines)
    if findings:
        rows = [f"{name}:{number}: {problem}" for number, problem in sorted(set(findings))]
        raise InvalidInput("\n".join(rows), hint="Nothing was written.")
    return SecretValues({line.name: line.value or "" for line in lines if line.name is not None})


def _problems(lines: Sequence[_Line]) -> Iterator[tuple[int, str]]:
    first_seen: dict[str, int] = {}
    for line in lines:
        for problem in _line_problems(line, first_seen):
            yield line.number, problem
        if line.name is not None:
            first_seen.setdefault(line.name, line.number)


def _line_problems(line: _Line, first_seen: Mapping[str, int]) -> list[str]:
    if line.name is None:
        return ["not `NAME=value`, or a quote that is never closed"]
    # What stands before a `=` that is missing may be a value, so it is not quoted.
    if line.value is None:
        return ["a name without `=`"]
    if not NAME.fullmatch(line.name):
        return ["what stands before `=` is no name of an environment variable"]
    problems = [*check_names([line.name]), *(f"{line.name} {found}" for found in [check_value(line.value)] if found)]
    if line.name in first_seen:
        problems.append(f"{line.name} is set on line {first_seen[line.name]} already")
    return problems


_UNQUOTED: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*([^\s'\"`].*)", re.ASCII)
_NEXT: Final = re.compile(r"([^\s=#]+)\s*=(.*)")


def _wrapped(text: str, lines: Sequence[_Line]) -> Iterator[tuple[int, str]]:
    """Lines that look like the rest of a value which was broken: their name may be half of a secret."""
    numbers = {line.number for line in lines if line.name is not None}
    rows = text.splitlines()
    for number, (above, row) in enumerate(pairwise(rows), start=2):
        before, found = _UNQUOTED.fullmatch(above), _NEXT.match(row)
        if number in numbers and before and found and _is_rest(before, found):
            yield (
                number,
                (
                    f"this looks like the rest of the value on line {number - 1}: write that on one line;"
                    " a variable of its own gets an empty line above it"
                ),
            )


def _is_rest(above: re.Match[str], row: re.Match[str]) -> bool:
    name, value = row[1], row[2].strip()
    small = any(letter.islower() for letter in name) and not any(letter.islower() for letter in above[1])
    long = len(name) > 40 and "_" not in name
    filled = not value and len(above[2]) >= 60 and "_" not in name
    return small or long or filled or (bool(value) and not value.strip("="))


def _disputed(text: str, lines: Sequence[_Line]) -> list[tuple[int, str]]:
    """Where another dialect that can read the whole file finds another value."""
    found: dict[int, tuple[str, list[str]]] = {}
    for dialect in (Dialect.HEROKU, Dialect.NODE):
        others = list(_READERS[dialect](text))
        if any(_problems(others)):
            continue
        values = {line.name: line.value for line in others}
        for line in lines:
            if line.name is not None and values.get(line.name) != line.value:
                found.setdefault(line.number, (line.name, []))[1].append(dialect)
    return [
        (number, f"{name} is another value to {' and '.join(others)} than to python; say which: --dialect {others[0]}"
         " or --dialect python")
        for number, (name, others) in found.items()
    ]  # fmt: skip


def _python(text: str) -> Iterator[_Line]:
    """https://saurabh-kumar.com/python-dotenv/reference/"""
    for binding in parse_stream(StringIO(text)):
        # A line of the file may be preceded by blank ones, which the parser counts to it.
        start = binding.original.string
        number = binding.original.line + start[: len(start) - len(start.lstrip())].count("\n")
        if binding.error or binding.key is not None:
            yield _Line(number, None if binding.error else binding.key, binding.value)


_NODE: Final = re.compile(
    r"^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)"
    r"(\s*'(?:\\'|[^'])*'|\s*\"(?:\\\"|[^\"])*\"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$",
    re.MULTILINE | re.ASCII,
)
_BLANK: Final = re.compile(r"\s*(?:#.*)?")


def _node(text: str) -> Iterator[_Line]:
    """https://github.com/motdotla/dotenv#rules"""
    text, at = text.replace("\r\n", "\n"), 0
    for match in _NODE.finditer(text):
        yield from _others(text, at, match.start())
        value = (match[2] or "").strip()
        if value[:1] in {"'", '"', "`"} and (len(value) < 2 or value[-1] != value[0]):
            # It takes a quote that is never closed for a part of the value, which nobody means.
            yield _Line(text.count("\n", 0, match.start(1)) + 1, None)
            at = match.end()
            continue
        bare = re.sub(r"^(['\"`])([\s\S]*)\1$", r"\2", value)
        bare = bare.replace("\\n", "\n").replace("\\r", "\r") if value.startswith('"') else bare
        yield _Line(text.count("\n", 0, match.start(1)) + 1, match[1], bare)
        at = match.end()
    yield from _others(text, at, len(text))


def _others(text: str, start: int, end: int) -> Iterator[_Line]:
    """What lies between variables and is neither blank nor a comment."""
    for offset, row in enumerate(text[start:end].split("\n")):
        if not _BLANK.fullmatch(row):
            yield _Line(text.count("\n", 0, start) + 1 + offset, None)


_HEROKU: Final = re.compile(
    r"\s*(?:export\s+)?([^\s=]+)=(?:\"((?:\\.|[^\"\\])*)\"|'([^']*)'|([^\s'\"\\$`]*))\s*", re.DOTALL
)


def _heroku(text: str) -> Iterator[_Line]:
    """The reverse of what the CLI does to a value before it prints it.

    https://github.com/heroku/cli/blob/main/packages/cli/src/lib/config/quote.ts
    """
    for number, row in enumerate(text.splitlines(), start=1):
        if _BLANK.fullmatch(row):
            continue
        match = _HEROKU.fullmatch(row)
        if match is None:
            yield _Line(number, None)
        elif match[2] is not None:
            yield _Line(number, match[1], re.sub(r"\\([\"\\$`!n])", _unescaped, match[2]))
        elif match[3] is not None:
            yield _Line(number, match[1], match[3].replace("\\\\", "\\"))
        else:
            yield _Line(number, match[1], match[4])


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


_READERS: Final[Mapping[Dialect, Callable[[str], Iterator[_Line]]]] = {
    Dialect.HEROKU: _heroku,
    Dialect.PYTHON: _python,
    Dialect.NODE: _node,
}

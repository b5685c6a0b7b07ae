"""The rules of a `.dockerignore` file, as Docker reads them."""

import posixpath
import re
from dataclasses import dataclass
from typing import Final

from driver.errors import InvalidInput

_OWN_SIGNS: Final = re.compile(r"\\.|[\[&~|^]", re.DOTALL)
# A pattern up to its next star, a set as Go's filepath.Match takes it, and as its regular expressions do.
_CHUNK: Final = re.compile(r"(?:\\.?|\[(?:\\.|[^\]\\])*\]?|[^*\\\[])*", re.DOTALL)
_MEMBER: Final = r"(?:\\.|[^\]\\-])"
_SET: Final = re.compile(rf"\[\^?(?:{_MEMBER}(?:-{_MEMBER})?)+\]", re.DOTALL)
_LOOSE_SET: Final = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line. `text` is the pattern without its `!`, as a clean path from the folder."""

    text: str
    expression: re.Pattern[str]
    exception: bool

    def matches(self, path: str) -> bool:
        """Whether the line names this path, or a folder that it lies in."""
        parts = path.split("/")
        return any(self.expression.fullmatch("/".join(parts[:end])) for end in range(len(parts), 0, -1))


def rules(raw: bytes, name: str = ".dockerignore") -> tuple[Rule, ...]:
    """The rules of a file, in its order. Raises InvalidInput with the line that Docker refuses.

    https://docs.docker.com/build/concepts/context/#dockerignore-files
    """
    found = []
    for number, line in enumerate(raw.removeprefix(_BOM).split(b"\n"), start=1):
        text = line.removesuffix(b"\r").decode("utf-8", "surrogateescape")
        if text.startswith("#") or not text.strip():
            continue
        try:
            found.append(_rule(_normal(text.strip())))
        except ValueError:
            raise InvalidInput(
                f"{name}:{number}: no pattern of Docker's", hint="A `[` needs its `]`, and a `!` a path after it."
            ) from None
    return tuple(found)


def _normal(text: str) -> str:
    """A line with a clean path from the folder, as moby's ignorefile leaves it."""
    exception = text.startswith("!")
    pattern = text[1:].strip() if exception else text
    pattern = _clean(pattern) if pattern else ""
    if len(pattern) > 1 and pattern.startswith("/"):
        pattern = pattern[1:]
    return f"!{pattern}" if exception else pattern


def _rule(text: str) -> Rule:
    """Raises ValueError for what is no pattern."""
    text = _clean(text.strip())
    exception = text.startswith("!")
    pattern = text.removeprefix("!") if exception else text
    if not pattern:
        raise ValueError("an exception of nothing")
    _check(pattern)
    try:
        expression = re.compile(_expression(pattern), re.DOTALL)
    except re.error as error:
        raise ValueError(str(error)) from None
    return Rule(text=pattern, expression=expression, exception=exception)


def ignored(found: tuple[Rule, ...], path: str) -> bool:
    """Whether `path`, below the folder, is left out: the last rule that names it, or a folder above it, decides."""
    out = False
    for rule in found:
        if rule.exception == out and rule.matches(path):
            out = not rule.exception
    return out


def may_hold(found: tuple[Rule, ...], folder: str) -> bool:
    """Whether an exception may name something in a folder that is left out."""
    return any(rule.exception and _may_begin(rule.text, f"{folder}/") for rule in found)


def _may_begin(pattern: str, folder: str) -> bool:
    """Whether a path below `folder` can match: its depth and what stands before the first special character tell."""
    if "**" not in pattern and pattern.count("/") < folder.count("/"):
        return False
    plain = re.split(r"[*?\[\\]", f"{pattern}/", maxsplit=1)[0]
    return plain.startswith(folder) or (folder.startswith(plain) and plain != f"{pattern}/")


def _clean(path: str) -> str:
    clean = posixpath.normpath(path)
    return clean[1:] if clean.startswith("//") else clean


def _check(pattern: str) -> None:
    """Go's filepath.Match looks at a pattern as far as it fits the name `.`, and refuses a bad set in that part.

    Raises ValueError. https://pkg.go.dev/path/filepath#Match
    """
    chunk = _CHUNK.match(pattern.lstrip("*"))
    read = chunk[0] if chunk else ""
    for found in re.finditer(r"\\.?|\[.*", read, re.DOTALL):
        if found[0] == "\\" or (found[0].startswith("[") and not _SET.match(found[0])):
            raise ValueError("a bad set, or a backslash at the end")
        if found[0].startswith("[") and (end := _SET.match(found[0])):
            _check(found[0][end.end() :])
    rest = pattern.lstrip("*")[len(read) :]
    if rest and read in {"", ".", "?"}:
        _check(rest)


def _expression(pattern: str) -> str:
    """As moby's patternmatcher has it: `**` is any number of folders wherever it stands."""
    if pattern.startswith("**") and not re.search(r"[*?\[\]\\]", pattern[2:]):
        rest = re.escape(pattern[2:])
        return rf"(?:.*{rest}|{rest.removeprefix('/')})" if pattern[2:3] == "/" else rf".*{rest}"
    special = bool(re.search(r"[*?\[\]\\]", pattern.removesuffix("**")))
    out, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**", at):
            at += 3 if pattern[at + 2 : at + 3] == "/" else 2
            out += "(?:.*/)?" if at < len(pattern) else ".*"
        elif pattern[at] == "[":
            found = _LOOSE_SET.match(pattern, at)
            if found is None:
                raise ValueError("a set without an end")
            out += _set(found[0])
            at = found.end()
        elif pattern[at] == "\\":
            if at + 1 == len(pattern):
                raise ValueError("a backslash at the end")
            out += re.escape(pattern[at + 1 : at + 2])
            at += 2
        else:
            # A `^` is no sign of Go's patterns, and stays one of the expression that moby makes of them.
            out += {"*": "[^/]*", "?": "[^/]", "^": "^" if special else r"\^"}.get(pattern[at], re.escape(pattern[at]))
            at += 1
    return out


def _set(text: str) -> str:
    """A bracket expression: what is in it stays, but for signs that are one of Python's own there."""
    negated = text.startswith("[^")
    inner = text[2:-1] if negated else text[1:-1]
    return f"[{'^' if negated else ''}{_OWN_SIGNS.sub(_escaped, inner)}]"


def _escaped(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith("\\") else f"\\{match[0]}"

"""The rules of `.gitignore` files, byte for byte as git reads them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_SPECIAL: Final = b"*?[\\"
_CLASSES: Final = {
    b"alnum": rb"[0-9A-Za-z]",
    b"alpha": rb"[A-Za-z]",
    b"blank": rb"[ \t]",
    b"cntrl": rb"[\x00-\x1f\x7f]",
    b"digit": rb"[0-9]",
    b"graph": rb"[!-~]",
    b"lower": rb"[a-z]",
    b"print": rb"[ -~]",
    b"punct": rb"[!-/:-@\[-`{-~]",
    b"space": rb"[ \t\n\r\f\v]",
    b"upper": rb"[A-Z]",
    b"xdigit": rb"[0-9A-Fa-f]",
}


class _Never(Exception):
    """A pattern that matches nothing, such as one that opens a set and never closes it."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line: `base` is the folder of its file, ending in a slash, or empty."""

    base: bytes
    expression: re.Pattern[bytes]
    negative: bool
    folders_only: bool
    name_only: bool

    def matches(self, path: bytes, *, folder: bool) -> bool:
        """Whether the line says something of `path`, which lies below `base`."""
        if self.folders_only and not folder:
            return False
        part = path.rsplit(b"/", 1)[-1] if self.name_only else path[len(self.base) :]
        return self.expression.fullmatch(part) is not None


def rules(raw: bytes, base: bytes = b"") -> tuple[Rule, ...]:
    """The rules of one file, in its order. https://git-scm.com/docs/gitignore#_pattern_format"""
    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    found = (_rule(line.removesuffix(b"\r"), base) for line in lines if line and not line.startswith(b"#"))
    return tuple(rule for rule in found if rule is not None)


def ignored(lists: Iterable[Sequence[Rule]], path: bytes, *, folder: bool) -> bool:
    """Whether rules leave `path` out, whose folders they leave in; `lists` are those of the nearest file first."""
    for one in lists:
        for rule in reversed(one):
            if rule.matches(path, folder=folder):
                return not rule.negative
    return False


def _rule(line: bytes, base: bytes) -> Rule | None:
    text = _trimmed(line)
    negative = text.startswith(b"!")
    text = text[1:] if negative else text
    folders_only = text.endswith(b"/")
    text = text[:-1] if folders_only else text
    name_only = b"/" not in text
    try:
        expression = re.compile(_expression(text if name_only else text.removeprefix(b"/"), name_only), re.DOTALL)
    except _Never:
        return None
    return Rule(base=base, expression=expression, negative=negative, folders_only=folders_only, name_only=name_only)


def _trimmed(line: bytes) -> bytes:
    """Without the blanks at its end that no backslash keeps."""
    bare = line.rstrip(b" ")
    escapes = len(bare) - len(bare.rstrip(b"\\"))
    return line[: len(bare) + 1] if escapes % 2 and len(bare) < len(line) else bare


def _expression(pattern: bytes, name_only: bool) -> bytes:
    """As git's wildmatch has it: `**` is special where a slash or an end is on both sides of it."""
    out, at = b"", 0
    # What stands before the first special character is compared as it is, and the rest begins a pattern of its own.
    start = next((index for index, byte in enumerate(pattern) if byte in _SPECIAL), len(pattern))
    while at < len(pattern):
        byte = pattern[at : at + 1]
        if byte == b"\\":
            if at + 1 == len(pattern):
                raise _Never
            part, at = re.escape(pattern[at + 1 : at + 2]), at + 2
        elif byte == b"?":
            part, at = b"[^/]", at + 1
        elif byte == b"*":
            part, at = _stars(pattern, at, start, name_only)
        elif byte == b"[":
            part, at = _set(pattern, at + 1)
        else:
            part, at = re.escape(byte), at + 1
        out += part
    return out


def _stars(pattern: bytes, at: int, start: int, name_only: bool) -> tuple[bytes, int]:
    end = at
    while pattern[end : end + 1] == b"*":
        end += 1
    if end - at == 1 or name_only:
        return b"[^/]*", end
    opens = at <= start or pattern[at - 1 : at] == b"/"
    if not opens or (pattern[end : end + 1] not in {b"", b"/"} and pattern[end : end + 2] != b"\\/"):
        return b"[^/]*", end
    if pattern[end : end + 1] == b"/":
        return b"(?:.*/)?", end + 1
    return b".*", end


def _set(pattern: bytes, at: int) -> tuple[bytes, int]:
    """A bracket expression as the bytes that it takes, never a slash; and where it ends."""
    negated = pattern[at : at + 1] in {b"!", b"^"}
    at += negated
    taken: set[int] = set()
    before, first = -1, True
    while first or pattern[at : at + 1] != b"]":
        first = False
        if at >= len(pattern):
            raise _Never
        more, before, at = _member(pattern, at, before)
        taken |= more
        if at >= len(pattern):
            raise _Never
    members = (set(range(256)) - taken if negated else taken) - {ord("/")}
    shown = b"".join(b"\\x%02x" % byte for byte in sorted(members))
    return (b"[" + shown + b"]" if shown else b"(?!)"), at + 1


def _member(pattern: bytes, at: int, before: int) -> tuple[set[int], int, int]:
    """What one step of a set takes, the byte that a range may begin with (-1 for none), and where the next step is."""
    byte = pattern[at]
    if byte == ord("\\"):
        byte, end = _escaped(pattern, at)
        return {byte}, byte, end
    if byte == ord("-") and before > 0 and pattern[at + 1 : at + 2] not in {b"", b"]"}:
        last, end = _escaped(pattern, at + 1)
        return set(range(before, last + 1)), -1, end
    if pattern[at : at + 2] == b"[:":
        end = pattern.find(b"]", at + 2)
        if end < 0:
            raise _Never
        if pattern[end - 1 : end] == b":" and end - 1 >= at + 2:
            if (name := pattern[at + 2 : end - 1]) not in _CLASSES:
                raise _Never
            return {value for value in range(256) if re.fullmatch(_CLASSES[name], bytes([value]))}, -1, end + 1
    return {byte}, byte, at + 1


def _escaped(pattern: bytes, at: int) -> tuple[int, int]:
    at += pattern[at : at + 1] == b"\\"
    if at >= len(pattern):
        raise _Never
    return pattern[at], at + 1

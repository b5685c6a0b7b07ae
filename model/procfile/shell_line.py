"""What can be told of a line of shell without running it: whether it is whole, and how to `exec` it."""

import re
from typing import Final

# Quoted text and comments, from left to right, so that a quote in a comment opens nothing.
_OPAQUE = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|(?<!\S)\#.*""")
_ASSIGNMENTS = re.compile(
    r"""(?:[A-Za-z_]\w*=(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|\$\{[^{}\s'"]*\}|[^\s'"\\;&|(){}<>`])*[ \t]+)+""", re.A
)
_NOT_OPERATORS = re.compile(r"\$\{[^{}]*\}|\d*[<>]&[\d-]|>\|")
_OPERATORS = re.compile(r"[;&|`]|<<|^\s*[({!]")
# Words that `exec` would look for as programs: the grammar's, and built-ins that change the shell itself.
_SHELL_WORDS: Final = """
    if then else elif fi for while until do done case esac in { } ! function time . : alias bg break cd command continue
    eval exec exit export fg hash jobs local read readonly return set shift source times trap type ulimit umask unalias
    unset wait
"""


def visible(command: str) -> str:
    """The command, each character in its place, with what is quoted as ``_`` and comments as blanks."""
    return _OPAQUE.sub(lambda found: (" " if found[0].startswith("#") else "_") * len(found[0]), command)


def unfinished(command: str) -> str | None:
    """Why this line is not a command, or not a whole one; None where it is."""
    bare = visible(command)
    if not bare.strip():
        return "there is none"
    for quote, name in (("'", "single quote"), ('"', "double quote")):
        if quote in bare:
            return f"a {name} is never closed"
    if found := re.search(r"(&&|\|\|?|[<>])\s*$", bare):
        return f"nothing comes after `{found[1]}`"
    if bare.endswith("\\"):
        return "it ends in a backslash, and a Procfile has no continuation lines"
    return None


def replaces_itself(command: str) -> bool:
    """Whether the last of the line's commands takes the shell's place by an `exec` of its author's."""
    last = re.split(r"[;&|]+", visible(command).rstrip(" \t;"))[-1]
    return bool(re.match(r"\s*(?:\w+=\S*\s+)*exec\s", last)) and "&" not in visible(command)[-1:]


def exec_last(command: str) -> tuple[str, ...] | None:
    """The lines that let the one program of `command` take the shell's place, or None where it is not just a program.

    Assignments before the program are set and exported first: `exec` would take them for the program's name.
    """
    match = _ASSIGNMENTS.match(command)
    assignments, program = (match[0].strip(), command[match.end() :]) if match else ("", command)
    if not _is_program(program):
        return None
    if not assignments:
        return (f"exec {program}",)
    names = re.findall(r"(?<!\S)([A-Za-z_]\w*)=", visible(assignments), re.A)
    return (assignments, f"export {' '.join(dict.fromkeys(names))}", f"exec {program}")


def _is_program(command: str) -> bool:
    bare = _NOT_OPERATORS.sub("_", visible(command))
    words = bare.split()
    if not words or _OPERATORS.search(bare) or words[0] in _SHELL_WORDS.split():
        return False
    # A redirection or another assignment in front: rare, and right as it stands.
    return not re.match(r"\d*[<>]|[A-Za-z_]\w*=", words[0])

"""What in a line of shell only bash understands, so that an image without bash can't run it."""

import re
from typing import Final

# Quoted text, escapes and comments, from left to right; a quote in a comment opens nothing.
_QUOTED = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|(?<!\S)\#.*""")
# Where a command's name may stand.
_FIRST: Final = r"(?:^|[;&|({]\s*|(?:^|[\s;])(?:if|then|else|elif|while|until|do|!)\s+)\s*"
_BUILTINS: Final = (
    r"source|declare|typeset|let|shopt|pushd|popd|dirs|mapfile|readarray|disown|coproc|select|builtin|enable|compgen"
    r"|complete|caller|bind|function"
)

# Looked for where nothing is quoted. Each beside the construct as a message shows it.
_SYNTAX: Final = (
    (re.compile(r"(?:^|[\s;&|(!])\[\[(?=\s)"), "[[ … ]]"),
    (re.compile(r"(?<![$(])\(\("), "(( … ))"),
    (re.compile(r"<\("), "<( … )"),
    (re.compile(r">\("), ">( … )"),
    (re.compile(r"<<<"), "<<<"),
    (re.compile(r"\$'"), "$'…'"),
    (re.compile(r'\$"'), '$"…"'),
    (re.compile(r"&>"), "&>"),
    (re.compile(r"\|&"), "|&"),
    (re.compile(r";;?&"), ";&"),
    (re.compile(r"(?<!\$)\{[^\s{}]*(?:,|\.\.)[^\s{}]*\}"), "{…,…}"),
    (re.compile(r"(?:^|[\s;&|(])[A-Za-z_]\w*\+?=\(", re.A), "name=( … )"),
    (re.compile(r"(?:^|[\s;&|(])[A-Za-z_]\w*\+=(?!\()", re.A), "name+=…"),
    (re.compile(r"(?:^|[\s;&|(!])(?:\[|test)\s[^];&|]*\s==\s"), "[ … == … ]"),
    (re.compile(_FIRST + r"set\s[^;&|]*\bpipefail\b"), "set -o pipefail"),
    (re.compile(_FIRST + r"trap\s[^;&|]*\s(?:ERR|DEBUG|RETURN)\b"), "trap … ERR"),
    (re.compile(_FIRST + r"echo\s+-[neE]*e"), "echo -e"),
    (re.compile(_FIRST + r"read\s+(?:-r\s+)?-[a-zA-Z]*[adinNpstu]"), "read -p"),
    (re.compile(_FIRST + r"exec\s+-[acl]"), "exec -a"),
    (re.compile(_FIRST + r"printf\s+-v"), "printf -v"),
    (re.compile(_FIRST + r"wait\s+-[fnp]"), "wait -n"),
    (re.compile(_FIRST + r"export\s+-[fn]"), "export -f"),
)
_BUILTIN = re.compile(rf"{_FIRST}({_BUILTINS})(?=\s|$)")

# Looked for within double quotes too.
_EXPANSIONS: Final = (
    (re.compile(r"\$\{![A-Za-z_]"), "${!name}"),
    (re.compile(r"\$\{#?\w+\["), "${name[…]}"),
    (re.compile(r"\$\{\w+//?"), "${name/…/…}"),
    (re.compile(r"\$\{\w+(?:\^|,)"), "${name^}"),
    (re.compile(r"\$\{\w+@[A-Za-z]"), "${name@Q}"),
    (re.compile(r"\$\{\w+:[^-+=?}]"), "${name:…:…}"),
    (re.compile(r"\$\["), "$[ … ]"),
)
_VARIABLE = re.compile(
    r"\$\{?(RANDOM|SRANDOM|SECONDS|EPOCHSECONDS|EPOCHREALTIME|E?UID|OSTYPE|HOSTTYPE|MACHTYPE|PIPESTATUS|FUNCNAME|GROUPS"
    r"|DIRSTACK|BASH(?:_(?!VERSION)[A-Z]+)?)\b"
)


def constructs(command: str) -> tuple[str, ...]:
    """What of `command` needs bash, as a message shows it, each once; empty where POSIX sh means the same by it.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
    """
    bare, expanded = _QUOTED.sub(_hidden, command), _QUOTED.sub(_expanded, command)
    found = [shown for pattern, shown in _SYNTAX if pattern.search(bare)]
    found += [match[1] for match in _BUILTIN.finditer(bare)]
    found += [shown for pattern, shown in _EXPANSIONS if pattern.search(expanded)]
    found += [f"${match[1]}" for match in _VARIABLE.finditer(expanded)]
    return tuple(dict.fromkeys(found))


def _hidden(match: re.Match[str]) -> str:
    """Quoted text by its quotes alone, an escape as ``__``, a comment as blanks."""
    text = match[0]
    if text[0] in "'\"":
        return text[0] + "_" * (len(text) - 2) + text[0]
    return (" " if text[0] == "#" else "_") * len(text)


def _expanded(match: re.Match[str]) -> str:
    """The same, but for what double quotes leave to be expanded."""
    return re.sub(r"\\.", "__", match[0]) if match[0][0] == '"' else _hidden(match)

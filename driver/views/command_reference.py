"""Every command with its arguments and options as Markdown, read from the command line itself."""

from collections.abc import Iterator
from typing import Any


def reference(root: Any, name: str = "slipway") -> str:  # noqa: ANN401 - typer's own click has no public type
    """A page: a heading for each command, its help, how it is typed, and a table of what it takes."""
    parts = ["# Commands", "", "Written from the code: what `--help` says of each command."]
    for words, command in _commands(root, name):
        parts += ["", f"## {words}", "", *_page(words, command)]
    return "\n".join(parts) + "\n"


def _commands(found: Any, name: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - as above
    if not hasattr(found, "list_commands"):
        yield name, found
        return
    for below in found.list_commands(None):
        yield from _commands(found.get_command(None, below), f"{name} {below}")


def _page(words: str, command: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    shown = [row for row in command.params if not getattr(row, "hidden", False) and row.name != "help"]
    arguments = [row for row in shown if row.param_type_name == "argument"]
    options = [row for row in shown if row.param_type_name == "option"]
    yield from _text(command.help or "").split("\n")
    typed = " ".join([words, *(_argument(row) for row in arguments), *(["[OPTIONS]"] if options else [])])
    yield from ("", "```", typed, "```")
    rows = [(_argument(row), row.help) for row in arguments] + [(_option(row), row.help) for row in options]
    if rows:
        yield from ("", "| | |", "|---|---|")
        yield from (f"| `{_cell(what)}` | {_cell(_text(told or ''))} |" for what, told in rows)


def _argument(row: Any) -> str:  # noqa: ANN401 - as above
    name = str(row.metavar or row.name.upper())
    return name if row.required else f"[{name}]"


def _option(row: Any) -> str:  # noqa: ANN401 - as above
    names = ", ".join([*row.opts, *row.secondary_opts])
    return names if row.is_flag else f"{names} {row.metavar or row.name.upper()}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _text(text: str) -> str:
    """Help as Markdown: a word in angle brackets is no HTML there."""
    return text.replace("\b", "").replace("<", "&lt;").replace("*", "\\*")

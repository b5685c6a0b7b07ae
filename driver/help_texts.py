"""Help as paragraphs that flow: a docstring is broken where its line ends, a terminal breaks where it is full."""

import inspect

import typer


def flow(app: typer.Typer) -> None:
    """Make one line of each paragraph of the help of all commands, those of groups too."""
    for command in app.registered_commands:
        command.help = flowed(command.help or inspect.getdoc(command.callback) or "")
    for group in app.registered_groups:
        if group.typer_instance is not None:
            flow(group.typer_instance)


def flowed(text: str) -> str:
    """The text with a line for each paragraph."""
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))

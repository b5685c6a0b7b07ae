"""Writing what a command made to a file: whole, or not at all."""

import json
from pathlib import Path
from typing import Annotated

import typer

from driver import console
from driver.errors import InvalidInput

Output = Annotated[
    Path | None, typer.Option("--output", help="Write to this file, whole or not at all, instead of stdout.")
]


def write(value: object, output: Path | None) -> None:
    """Text as it is, all else as JSON; a reader of the file, such as Prometheus, never sees half of it."""
    text = value if isinstance(value, str) else json.dumps(value, indent=2) + "\n"
    if output is None:
        console.answer(text.rstrip("\n"))
        return
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(output)
    except OSError as error:
        raise InvalidInput(f"{output} can't be written: {error.strerror}", hint="Give another file.") from None
    console.say(f"written to {output}")

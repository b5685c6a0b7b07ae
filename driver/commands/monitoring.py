"""`slipway monitoring`: what there is to watch, for tools that watch it."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from driver import console
from driver.commands.options import Env

app = typer.Typer(no_args_is_help=True, help="Names, ARNs and dimensions of everything that there is to watch.")


class Format(StrEnum):
    """How it is written."""

    JSON = "json"
    PROMETHEUS_SD = "prometheus-sd"


Output = Annotated[
    Path | None, typer.Option("--output", help="Write to this file, whole or not at all, instead of stdout.")
]


@app.command("export")
def export(
    ctx: typer.Context,
    env: Env,
    as_: Annotated[Format, typer.Option("--format", help="json, or a file for Prometheus's file_sd.")] = Format.JSON,
    output: Output = None,
) -> None:
    """Export what there is to watch in an environment."""
    from driver.core import monitoring
    from driver.world import live
    from spec.monitoring import plain

    found = monitoring.read(env, live(ctx.obj, env).stacks.read(env).outputs)
    _write(plain(found) if as_ is Format.JSON else monitoring.prometheus_sd(found), output)


@app.command("schema")
def schema(output: Output = None) -> None:
    """Print the JSON Schema of the export."""
    from spec.monitoring import schema

    _write(schema(), output)


def _write(value: object, output: Path | None) -> None:
    """A reader of the file, such as Prometheus, never sees half of it."""
    from driver.errors import InvalidInput

    if output is None:
        console.answer_json(value)
        return
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
        part.replace(output)
    except OSError as error:
        raise InvalidInput(f"{output} can't be written: {error.strerror}", hint="Give another --output.") from None
    console.say(f"written to {output}")

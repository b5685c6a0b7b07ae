"""`slipway monitoring`: what there is to watch, for tools that watch it."""

from enum import StrEnum
from typing import Annotated

import typer

from driver.views.options import Env
from driver.views.writing import Output, write

app = typer.Typer(no_args_is_help=True, help="Names, ARNs and dimensions of everything that there is to watch.")


class Format(StrEnum):
    """How it is written."""

    JSON = "json"
    PROMETHEUS_SD = "prometheus-sd"


@app.command("export")
def export(
    ctx: typer.Context,
    env: Env,
    as_: Annotated[Format, typer.Option("--format", help="json, or a file for Prometheus's file_sd.")] = Format.JSON,
    output: Output = None,
) -> None:
    """Export what there is to watch in an environment."""
    from driver.core.observe import monitoring
    from driver.wiring import live
    from model.monitoring.output import plain

    found = monitoring.read(env, live(ctx.obj, env, needed=()).stacks.read(env).outputs)
    write(plain(found) if as_ is Format.JSON else monitoring.prometheus_sd(found), output)


@app.command("schema")
def schema(output: Output = None) -> None:
    """Print the JSON Schema of the export."""
    from model.monitoring.output import schema

    write(schema(), output)

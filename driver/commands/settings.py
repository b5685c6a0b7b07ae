"""`slipway settings`: what can be set, for editors and for people. It needs neither a project nor an account."""

from typing import Annotated

import typer

from driver.views.writing import Output, write

app = typer.Typer(no_args_is_help=True, help="What can be set: JSON Schemas for editors, a reference for people.")


@app.command("schema")
def schema(
    catalogue: Annotated[
        bool, typer.Option("--catalogue/--environment", help="Of Pulumi.yaml, or of a stack file.")
    ] = False,
    output: Output = None,
) -> None:
    """Print the JSON Schema of a settings file, by which editors complete and check it."""
    from model.settings import schema as settings_schema

    write(settings_schema.catalogue() if catalogue else settings_schema.environment(), output)


@app.command("reference")
def reference(output: Output = None) -> None:
    """Print every setting with its type, default, unit and meaning, as Markdown."""
    from model.settings.reference import page

    write(page(), output)

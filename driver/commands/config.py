"""`slipway config`: the variables of an app, in Vault."""

from collections.abc import Mapping
from typing import Annotated

import typer

from driver import console
from driver.commands import config_versions
from driver.views.config_place import current, place_of, write
from driver.views.options import App, DryRun, Env, Json, Yes
from driver.views.values_given import given, names_alone, text

app = typer.Typer(no_args_is_help=True, help="List and change the variables of an app. A deploy releases them.")
app.command("history")(config_versions.history)
app.command("diff")(config_versions.diff)
app.command("rollback")(config_versions.rollback)
app.command("copy")(config_versions.copy)
app.command("edit")(config_versions.edit)

Keys = Annotated[list[str], typer.Argument(metavar="KEY...", help="Names of variables.")]
Reveal = Annotated[bool, typer.Option("--reveal", help="Show the values too.")]
Stdin = Annotated[
    bool, typer.Option("--stdin", help="Read the value of the one KEY from standard input, even an empty one.")
]
File = Annotated[str, typer.Argument(metavar="FILE", help="A file of NAME=value lines, or - for standard input.")]
Dialect = Annotated[
    str | None,
    typer.Option(
        "--dialect",
        metavar="heroku|python|node",
        help="Whose rules of quoting the file follows: those of `heroku config --shell`, of python-dotenv or of Node's"
        " dotenv. Needed only where they differ.",
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Remove the variables that the file does not name.")]


@app.command("list")
def list_variables(ctx: typer.Context, env: Env, name: App, reveal: Reveal = False, as_json: Json = False) -> None:
    """List the variables of APP; values only with --reveal."""
    place = place_of(ctx.obj, env, name)
    config = place.read()
    shown = dict(config.values) if reveal else dict.fromkeys(config.values)
    if as_json:
        console.answer_json({"version": config.version, "created": config.created, "variables": shown})
    else:
        console.table(("name", "value"), [(key, shown[key] if reveal else "****") for key in shown])


@app.command("get")
def get(ctx: typer.Context, env: Env, name: App, key: Annotated[str, typer.Argument(metavar="KEY")]) -> None:
    """Print the value of one variable."""
    from driver.errors import NotFound

    place = place_of(ctx.obj, env, name)
    config = place.read()
    if key not in config.values:
        raise NotFound(f"{key} is not set for {name} in {env}", hint=_set_are(key, config.values))
    console.answer(config.values[key])


@app.command("set")
def set_variables(
    ctx: typer.Context,
    env: Env,
    name: App,
    keys: Keys,
    stdin: Stdin = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Set variables; their values are asked for, unseen, or read from standard input where that is no terminal."""
    from driver.core.config import variables as configs

    names_alone(keys)
    configs.require_names(keys)
    place = place_of(ctx.obj, env, name)
    before = place.vault.find(place.mount, place.path)
    values = given(keys, stdin=stdin)
    configs.require_values(values)
    write(place, before, lambda old: configs.set_values(old, values), dry_run=dry_run, yes=yes, as_json=as_json)


@app.command("unset")
def unset_variables(
    ctx: typer.Context,
    env: Env,
    name: App,
    keys: Keys,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Remove variables."""
    from driver.core.config import variables as configs

    place = place_of(ctx.obj, env, name)
    before = place.vault.find(place.mount, place.path)
    write(place, before, lambda old: configs.unset(old, keys), dry_run=dry_run, yes=yes, as_json=as_json)


@app.command("import")
def import_variables(
    ctx: typer.Context,
    env: Env,
    name: App,
    file: File,
    dialect: Dialect = None,
    replace: Replace = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Set the variables of a dotenv file."""
    from driver.core.config import dotenv
    from driver.core.config import variables as configs

    values = dotenv.parse_dotenv(text(file), "stdin" if file == "-" else file, dotenv.dialect_named(dialect))
    place = place_of(ctx.obj, env, name)
    change = configs.diff if replace else configs.set_values
    write(
        place,
        current(place, anew=replace, yes=yes),
        lambda old: change(old, values),
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
    )


def _set_are(key: str, known: Mapping[str, str]) -> str:
    from driver.core.environment import meant

    return f"{meant(key, known)} Set are: {', '.join(known)}.".strip()

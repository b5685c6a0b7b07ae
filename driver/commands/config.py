"""`slipway config`: the variables of an app, in Vault."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.options import App, DryRun, Env, Json, Yes
from driver.views.values_given import given, names_alone, text

if TYPE_CHECKING:
    from driver.core.config.variables import Edit
    from driver.core.ports import Config, Vault

app = typer.Typer(no_args_is_help=True, help="List and change the variables of an app. A deploy releases them.")

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


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the variables of one app in one environment are."""

    vault: "Vault"
    mount: str
    path: str
    env: str
    app: str
    requires: tuple[str, ...] = ()

    def read(self) -> "Config":
        """The variables. Raises NotReady with the command that sets those that the app needs."""
        from driver.core.config import variables as configs
        from driver.errors import NotReady

        found = self.vault.find(self.mount, self.path)
        if found is None:
            raise NotReady(
                f"there are no variables at {self.mount}/{self.path} in Vault",
                hint=f"Set them: {configs.setting(self.env, self.app, self.requires)}",
            )
        return found


@app.command("list")
def list_variables(ctx: typer.Context, env: Env, name: App, reveal: Reveal = False, as_json: Json = False) -> None:
    """List the variables of APP; values only with --reveal."""
    place = _place(ctx.obj, env, name)
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

    place = _place(ctx.obj, env, name)
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
) -> None:
    """Set variables; their values are asked for, unseen, or read from standard input where that is no terminal."""
    from driver.core.config import variables as configs

    names_alone(keys)
    configs.require_names(keys)
    place = _place(ctx.obj, env, name)
    before = place.vault.find(place.mount, place.path)
    values = given(keys, stdin=stdin)
    configs.require_values(values)
    _write(place, before, lambda old: configs.set_values(old, values), dry_run=dry_run, yes=yes)


@app.command("unset")
def unset_variables(
    ctx: typer.Context, env: Env, name: App, keys: Keys, dry_run: DryRun = False, yes: Yes = False
) -> None:
    """Remove variables."""
    from driver.core.config import variables as configs

    place = _place(ctx.obj, env, name)
    before = place.vault.find(place.mount, place.path)
    _write(place, before, lambda old: configs.unset(old, keys), dry_run=dry_run, yes=yes)


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
) -> None:
    """Set the variables of a dotenv file."""
    from driver.core.config import dotenv
    from driver.core.config import variables as configs

    values = dotenv.parse_dotenv(text(file), "stdin" if file == "-" else file, dotenv.dialect_named(dialect))
    place = _place(ctx.obj, env, name)
    change = configs.diff if replace else configs.set_values
    _write(place, _current(place, anew=replace, yes=yes), lambda old: change(old, values), dry_run=dry_run, yes=yes)


def _set_are(key: str, known: Mapping[str, str]) -> str:
    from driver.core.environment import meant

    return f"{meant(key, known)} Set are: {', '.join(known)}.".strip()


def _place(project: Path, env: str, name: str) -> _Place:
    from driver.adapters.project.stack_files import load_settings
    from driver.adapters.vault.kv import HashicorpVault
    from driver.core.config import variables as configs
    from driver.core.environment import app_of

    settings = load_settings(project, env, (name,), console.say)
    requires = app_of(settings, name).requires
    path, vault = configs.path(env, name), HashicorpVault(settings.vault)
    return _Place(vault=vault, mount=settings.vault.mount, path=path, env=env, app=name, requires=requires)


def _current(place: _Place, *, anew: bool, yes: bool) -> "Config | None":
    """The variables now, None where there are none yet; those that were deleted are written over only by who says all
    of them `anew`, and says yes. Raises Interrupted when the answer is no."""
    from driver.core.config.variables import Deleted
    from driver.errors import Interrupted

    try:
        return place.vault.find(place.mount, place.path)
    except Deleted as error:
        if not anew:
            raise
        question = f"{error.message}: begin anew with what the file has?"
        if not console.confirm(question, yes=yes, instead="If that is meant, add --yes."):
            raise Interrupted("nothing was changed") from None
        return None


def _write(
    place: _Place,
    before: "Config | None",
    change: "Callable[[Mapping[str, str]], Edit]",
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    """Say what differs, by name, and write it on top of the version that it was compared with; removing is asked for.

    Raises Interrupted when the answer is no, Busy when another version was written meanwhile.
    """
    from driver.errors import Interrupted

    edit = change(before.values if before else {})
    if edit.empty:
        console.answer(f"{place.app} in {place.env}: nothing differs, nothing was written")
        return
    for line in edit.lines():
        console.say(line)
    if "REMAP_SIGTERM" in edit.added:
        console.say(
            "note: with REMAP_SIGTERM Celery drops its tasks on ECS, which sends SIGTERM to it alone; leave it out"
        )
    if dry_run:
        console.answer("nothing was changed")
        return
    question = f"Remove {', '.join(edit.removed)} from {place.app} in {place.env}?"
    if edit.removed and not console.confirm(question, yes=yes, instead="If that is meant, add --yes."):
        raise Interrupted("nothing was changed")
    version = place.vault.write(place.mount, place.path, edit.values, before.version if before else 0)
    console.answer(f"{place.app} in {place.env}: config version {version}, {len(edit.values)} variables")
    console.say(
        f"What runs keeps the config of its release until: slipway deploy {place.env} {place.app} --config-only"
    )
    if before:
        console.say(f"Undo: vault kv rollback -mount={place.mount} -version={before.version} {place.path}")

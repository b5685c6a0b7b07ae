"""`slipway heroku`: apps of Heroku's, brought here and kept in step while both run."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.options import App, DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from driver.core.importing.imported import Imported
    from driver.core.importing.places import Place
    from driver.core.ports.heroku import Heroku
    from driver.core.values.heroku import Coupled
    from driver.errors import DriverError
    from model.settings.environment import Settings

app = typer.Typer(
    no_args_is_help=True, help="Bring apps from Heroku, and keep both in step while they run side by side."
)

Apps = Annotated[list[str] | None, typer.Argument(metavar="[HEROKU_APP]...", help="Apps, as Heroku names them.")]
Team = Annotated[str, typer.Option("--team", metavar="TEAM", help="All apps of a team.")]
Pipeline = Annotated[
    str, typer.Option("--pipeline", metavar="PIPELINE", help="All apps of a pipeline, its stages as environments.")
]
Envs = Annotated[
    list[str] | None,
    typer.Option(
        "--env",
        metavar="ENV|STAGE=ENV",
        help="The environment; for a stage of a pipeline its own. Left out, a stage's usual name is looked for.",
    ),
]
Name = Annotated[str, typer.Option("--as", metavar="NAME", help="What the one app is called here.")]
Stores = Annotated[
    bool,
    typer.Option(
        "--share-stores", help="Bring the variables of databases at Heroku too: both sides then work on the same data."
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Take Heroku's value of variables that have another one in Vault.")
]
Differences = Annotated[
    bool, typer.Option("--differences", help="Write as overrides what an app of the catalogue has otherwise at Heroku.")
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Leave the variables where they are.")]


@app.command("import")
def import_apps(
    ctx: typer.Context,
    apps: Apps = None,
    team: Team = "",
    pipeline: Pipeline = "",
    env: Envs = None,
    name: Name = "",
    share_stores: Stores = False,
    replace: Replace = False,
    differences: Differences = False,
    no_config: NoConfig = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Bring apps from Heroku: catalogue entries, overrides and variables, and a list of what is left to do."""
    from driver.adapters.project.importing import present
    from driver.adapters.project.stack_files import environments, load_settings
    from driver.core.importing import places
    from driver.core.importing.plan import Plan
    from driver.core.importing.settings_edit import edit
    from driver.views.import_plan import carry_out, compare, give_up
    from driver.wiring import heroku, variables_of

    known = environments(ctx.obj)
    wanted, there = places.wanted(env or [], name, known, by_stage=not apps), present(ctx.obj)
    asked = heroku()
    found, failed = places.places(_named(asked, apps or [], team, pipeline, name), wanted, known)
    settings = {env: load_settings(ctx.obj, env) for env in {place.env for place in found}}
    rows = _read(asked, found, settings, failed, stores=share_stores)
    stores = {env: variables_of(row) for env, row in settings.items()}
    kept, writes = (rows, []) if no_config else compare(rows, stores, failed, replace=replace)
    if not kept:
        give_up(failed)
    plan = Plan(rows=kept, edit=edit(kept, there, differences=differences), writes=writes, failed=failed)
    carry_out(ctx.obj, plan, stores, dry_run=dry_run, yes=yes, as_json=as_json)


def _named(asked: "Heroku", apps: list[str], team: str, pipeline: str, name: str) -> "list[Coupled]":
    """The apps that are meant, with their pipelines. Raises InvalidInput where nothing, or too much, is named."""
    from driver.errors import InvalidInput, NotFound

    if sum(map(bool, (apps, team, pipeline))) != 1:
        raise InvalidInput("name apps of Heroku, or a --team, or a --pipeline", hint="slipway heroku import HEROKU_APP")
    if name and len(apps) != 1:
        raise InvalidInput("--as names one app, and there may be several", hint="Import that one by itself.")
    rows = list(asked.of_pipeline(pipeline)) if pipeline else []
    rows += [asked.coupled(app) for app in dict.fromkeys(apps or (asked.of_team(team) if team else []))]
    if not rows:
        raise NotFound(f"{pipeline or team} has no apps at Heroku")
    return rows


def _read(
    asked: "Heroku", found: "list[Place]", settings: "Mapping[str, Settings]", failed: "dict[str, DriverError]", *,
    stores: bool,
) -> "list[Imported]":  # fmt: skip
    """Each app as it will be here; what is in the way of one stops no other. Raises Unavailable, which is all apps'."""
    from driver.core.importing.from_heroku import imported
    from driver.errors import DriverError, Unavailable

    rows = []
    for place in found:
        try:
            app = asked.app(place.heroku)
            rows.append(imported(app, place.app, place.env, settings[place.env].domain, stores=stores))
        except Unavailable:
            raise
        except DriverError as error:
            failed[place.heroku] = error
    return rows


@app.command("push")
def push(
    ctx: typer.Context,
    env: Env,
    name: App,
    to: Annotated[str, typer.Option("--to", metavar="HEROKU_APP", help="The app at Heroku.")],
    commit: Annotated[
        str, typer.Option("--commit", metavar="COMMIT", help="Another commit than the one that runs here.")
    ] = "",
    path: Annotated[Path, typer.Option("--path", help="The app's folder in its repository.")] = Path(),
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Release at Heroku the very commit that APP runs here, while both sides run."""
    from driver.adapters.project.git import archive
    from driver.core.environment import app_of
    from driver.core.importing import pushing
    from driver.errors import Interrupted
    from driver.wiring import heroku, live

    world, what = live(ctx.obj, env), "as you said"
    app_of(world.settings, name)
    if not commit:
        commit, what = pushing.running(env, name, world.ledger.releases(name))
    asked = heroku()
    with TemporaryDirectory(prefix="slipway-") as folder:
        file = Path(folder) / "source.tgz"
        plan = pushing.plan(asked.app(to), archive(path, commit, file), what)
        facts = {"heroku": to, "commit": plan.commit, "ran": plan.runs, "dry_run": dry_run}
        console.say(plan.line())
        if plan.needless or dry_run:
            done = "Heroku runs it already" if plan.needless else "nothing was changed"
            console.reply(done, {**facts, "pushed": False}, as_json=as_json)
            return
        if not console.confirm(f"Release it at {to}?", yes=yes, instead="If that is meant, add --yes."):
            raise Interrupted("nothing was changed")
        built = asked.build(to, file, plan.commit, console.say)
    pushing.check(plan, built, asked.app(to))
    both = f"{to} at Heroku, v{built.release}, runs {plan.commit[:12]}"
    console.reply(both, {**facts, "pushed": True, "release": built.release}, as_json=as_json)

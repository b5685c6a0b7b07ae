"""`slipway copilot`: services and jobs of AWS Copilot's, brought here."""

from pathlib import Path
from typing import Annotated

import typer

from driver.views.options import DryRun, Json, Yes

app = typer.Typer(no_args_is_help=True, help="Bring services and jobs from AWS Copilot.")

Folder = Annotated[Path, typer.Argument(metavar="[DIR]", help="The folder that copilot/ is in.")]
Envs = Annotated[
    list[str] | None,
    typer.Option("--env", metavar="ENV|COPILOT_ENV=ENV", help="An environment, and what Copilot calls it; several."),
]
Replace = Annotated[bool, typer.Option("--replace", help="Take the manifest's value of variables that have another.")]
Differences = Annotated[
    bool, typer.Option("--differences", help="Write as overrides what an app of the catalogue has otherwise there.")
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Leave the variables where they are.")]


@app.callback()
def _group() -> None:
    """A group, though it has one command."""


@app.command("import")
def import_services(
    ctx: typer.Context,
    folder: Folder = Path(),
    env: Envs = None,
    replace: Replace = False,
    differences: Differences = False,
    no_config: NoConfig = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Bring services and jobs from Copilot's manifests: catalogue entries, overrides, variables, and a checklist."""
    from driver.adapters.project.copilot_files import workspace
    from driver.adapters.project.importing import present
    from driver.adapters.project.stack_files import environments, load_settings
    from driver.core.importing.from_copilot import environment, imported
    from driver.core.importing.plan import Plan
    from driver.core.importing.settings_edit import edit
    from driver.errors import DriverError, InvalidInput
    from driver.views.import_plan import carry_out, compare, give_up
    from driver.wiring import variables_of

    found, known, failed = workspace(folder), environments(ctx.obj), dict[str, DriverError]()
    wanted = [environment(one, known) for one in env or [name for name in found.environments if name in known]]
    if not wanted:
        theirs = ", ".join(found.environments) or "none"
        raise InvalidInput(
            f"it is not said which environment this is: Copilot has {theirs}, this project {', '.join(known)}",
            hint="Say it: slipway copilot import DIR --env COPILOT_ENV=ENV",
        )
    made = [imported(found, ours, theirs) for ours, theirs in wanted]
    rows = sorted((row for apps, _ in made for row in apps), key=lambda row: row.name)
    stays = made[0][1]
    if not rows:
        raise InvalidInput("\n".join(f"{name} is {why}" for name, why in stays.items()))
    stores = {row.env: variables_of(load_settings(ctx.obj, row.env)) for row in rows}
    kept, writes = (rows, []) if no_config else compare(rows, stores, failed, replace=replace)
    if not kept:
        give_up(failed)
    there = present(ctx.obj)
    plan = Plan(rows=kept, edit=edit(kept, there, differences=differences), writes=writes, failed=failed, stays=stays)
    carry_out(ctx.obj, plan, stores, dry_run=dry_run, yes=yes, as_json=as_json)

"""`slipway dashboards`: what people look at, made from what an environment tells of itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.errors import HasDrifted, Interrupted, NotReady
from driver.views.options import DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from driver.core.dashboards.push import Plan, Step
    from driver.core.ports import World
    from driver.core.ports.dashboards import Dashboards
    from model.monitoring.output import Monitoring

app = typer.Typer(no_args_is_help=True, help="Dashboards for Grafana and CloudWatch, made from what there is to watch.")


class Format(StrEnum):
    """Whose dashboards."""

    GRAFANA = "grafana"
    CLOUDWATCH = "cloudwatch"


Folder = Annotated[
    Path | None, typer.Option("--output", help="Write a file for each into this folder, instead of all to stdout.")
]
Prune = Annotated[bool, typer.Option("--prune", help="Also delete dashboards of ours that nobody builds any more.")]


@app.command("build")
def build(
    ctx: typer.Context,
    env: Env,
    output: Folder = None,
    as_: Annotated[Format, typer.Option("--format", help="grafana, or the bodies of cloudwatch.")] = Format.GRAFANA,
) -> None:
    """Build the dashboards of ENV as JSON, and send them nowhere."""
    from driver.core.dashboards import push
    from driver.views.writing import write
    from driver.wiring import live
    from model.monitoring.dashboards import cloudwatch

    world = live(ctx.obj, env, needed=())
    found = _found(world)
    if as_ is Format.CLOUDWATCH:
        made = cloudwatch.bodies(found)
    else:
        made = {row["uid"]: row for row in push.built(found, world.settings.dashboards)}
    if output is None:
        console.answer_json(made)
        return
    _folder(output)
    for name, document in made.items():
        write(document, output / f"{name}.json")


@app.command("diff")
def diff(ctx: typer.Context, env: Env, as_json: Json = False) -> None:
    """Show what Grafana has otherwise than ENV's dashboards are built; exit code 13 if anything."""
    from driver.core.dashboards.push import What
    from driver.wiring import live

    world = live(ctx.obj, env, needed=())
    with _plan(world) as (plan, _):
        _show(plan, as_json=as_json)
        if plan.todo(prune=False) or plan.folder_differs:
            raise HasDrifted(f"Grafana lacks dashboards of {env}", hint=f"Run `slipway dashboards push {env}`.")
        if any(step.what is What.GONE for step in plan.steps):
            raise HasDrifted(
                f"Grafana has dashboards of {env} that nobody builds any more",
                hint=f"Run `slipway dashboards push {env} --prune`.",
            )


@app.command("push")
def push(
    ctx: typer.Context,
    env: Env,
    prune: Prune = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Bring to Grafana what it lacks of ENV's dashboards, and nothing else."""
    from driver.core.dashboards import push as pushing
    from driver.wiring import live

    world = live(ctx.obj, env, needed=())
    with _plan(world) as (plan, grafana):
        steps = plan.todo(prune=prune)
        _show(plan, as_json=as_json)
        if any(step.what is pushing.What.GONE for step in plan.steps) and not prune:
            console.say("what is gone stays in Grafana; add --prune to delete it there")
        if dry_run:
            return
        if not steps and not plan.folder_differs:
            console.say(f"Grafana has all dashboards of {env}")
            return
        if not console.confirm(_question(plan, steps), yes=yes, instead="Add --yes."):
            raise Interrupted("nothing was changed")
        refused = pushing.push(grafana, plan, steps, console.say)
    for uid, error in refused.items():
        console.say(f"{uid}: {error.message}")
    for error in refused.values():
        raise error


def _question(plan: "Plan", steps: list["Step"]) -> str:
    gone = sum(step.built is None for step in steps)
    removing = f", and remove {gone}" if gone else ""
    return f"Write {len(steps) - gone} dashboards into the folder {plan.title}{removing}?"


def _found(world: "World") -> "Monitoring":
    from driver.core.observe import monitoring

    env = world.settings.env
    return monitoring.read(env, world.stacks.read(env).outputs)


@contextmanager
def _plan(world: "World") -> Iterator[tuple["Plan", "Dashboards"]]:
    """What is to be done, and the Grafana for it. Raises NotReady where the settings name none."""
    from driver.core.dashboards import push as pushing
    from driver.wiring import dashboards

    env, grafana = world.settings.env, world.settings.notify.grafana
    if grafana is None:
        raise NotReady(
            f"the settings of {env} name no Grafana",
            hint=f"Write slipway:notify: {{grafana: {{url: https://...}}}} into Pulumi.{env}.yaml, "
            f"or take the files of `slipway dashboards build {env} --output dashboards`.",
        )
    found = _found(world)
    with dashboards(grafana) as there:
        yield pushing.plan(there, found, world.settings.dashboards), there


def _show(plan: "Plan", *, as_json: bool) -> None:
    if as_json:
        folder = {"uid": plan.uid, "title": plan.title, "what": "changed" if plan.folder_differs else "same"}
        console.answer_json({"folder": folder, "dashboards": [step.plain() for step in plan.steps]})
        return
    rows = [(step.title, step.uid, step.what.value, "\n".join(step.differences)) for step in plan.steps]
    console.table(("dashboard", "uid", "", "what differs"), rows)


def _folder(output: Path) -> None:
    from driver.errors import InvalidInput

    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{output} can't be made: {error.strerror}", hint="Give another --output.") from None

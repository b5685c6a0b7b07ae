"""`slipway deploy`: release an image with today's config."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.commands.options import App, DryRun, Env, Json, LockWait, Message, Prove, ReleaseTimeout, Timeout, Yes

if TYPE_CHECKING:
    from driver.core.deploy import Plan, Request
    from driver.core.ports import World

ImageOption = Annotated[str | None, typer.Option("--image", help="A tag, a digest or a full reference.")]
Force = Annotated[
    list[str] | None, typer.Option("--force", metavar="FINDING", help="Go on despite a finding of the preflight.")
]
ConfigOnly = Annotated[bool, typer.Option("--config-only", help="Release the current image with today's config.")]
NoRollbackPast = Annotated[
    bool,
    typer.Option("--no-rollback-past", help="Refuse later to go back to anything older: it won't fit the database."),
]


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    image: ImageOption = None,
    config_only: ConfigOnly = False,
    message: Message = "",
    no_rollback_past: NoRollbackPast = False,
    timeout: Timeout = None,
    release_timeout: ReleaseTimeout = None,
    prove: Prove = False,
    force: Force = None,
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Run the release phase, then move all processes of APP to the new release together, or none."""
    from driver.core import deploy
    from driver.core.findings import parse_force
    from driver.core.limits import within
    from driver.errors import InvalidInput
    from driver.world import live

    if (image is None) is not config_only:
        raise InvalidInput(
            "deploy takes either --image or --config-only", hint="The images: slipway image list ENV APP"
        )
    world = within(live(ctx.obj, env, message), timeout=timeout, release_timeout=release_timeout, prove=prove)
    overridden = parse_force(force or ())
    request = deploy.Request(app=app, image=image, no_rollback_past=no_rollback_past, force=overridden)
    doing = f"deploy {image or '--config-only'}"
    release(world, request, doing, lock_wait=lock_wait, dry_run=dry_run, as_json=as_json)


def release(world: "World", request: "Request", doing: str, *, lock_wait: float, dry_run: bool, as_json: bool) -> None:
    """Carry a deploy out under the app's lock, or only look; what is true then, and how to undo it."""
    from driver.commands import rehearsal
    from driver.core import deploy, survey
    from driver.core.locking import held
    from driver.core.rollback import undo

    app, env = request.app, world.settings.env
    if dry_run:
        plan, report = survey.examine(world, request)
        if plan is not None and not as_json:
            _story(plan)
        rehearsal.show(env, request, plan, report, as_json=as_json)
        return
    survey.check_time(world, request, lock_wait)
    with held(world, app, doing, lock_wait, console.say):
        plan = deploy.plan(world, request)
        _story(plan)
        pin = deploy.carry_out(world, plan, console.say)
    if as_json:
        console.answer_json({"app": app, "env": env, **pin.plain()})
    else:
        console.answer(f"{app} {pin.version} runs in {env}: all of {', '.join(plan.app.services)}")
    if line := undo(world, app, pin):
        console.say(line)


def _story(plan: "Plan") -> None:
    source = plan.image.source
    commit = f" (commit {source.commit[:10]}{', dirty' if source.dirty else ''})" if source and source.commit else ""
    console.say(f"{plan.names.app} v{plan.number} in {plan.names.env}: {plan.image.digest[:19]}{commit}")
    console.say(f"config: version {plan.config.version}, {len(plan.config.values)} variables")

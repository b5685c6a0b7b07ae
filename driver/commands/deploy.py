"""`slipway deploy`: release an image with today's config."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.options import App, Env, Releasing, releasing

if TYPE_CHECKING:
    from driver.core.ports import World
    from driver.core.release.deploy import Plan, Request
    from model.releases import Pin

ImageOption = Annotated[str | None, typer.Option("--image", help="A tag, a digest or a full reference.")]
ConfigOnly = Annotated[bool, typer.Option("--config-only", help="Release the current image with today's config.")]


@releasing
def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    image: ImageOption = None,
    config_only: ConfigOnly = False,
    *,
    options: Releasing,
) -> None:
    """Run the release phase, then move all processes of APP to the new release together, or none."""
    from driver.core.preflight.findings import parse_force
    from driver.core.release import deploy
    from driver.errors import InvalidInput

    if (image is None) is not config_only:
        raise InvalidInput(
            "deploy takes either --image or --config-only", hint="The images: slipway image list ENV APP"
        )
    world = world_of(ctx, env, app, options)
    overridden = parse_force(options.force or ())
    request = deploy.Request(app=app, image=image, no_rollback_past=options.no_rollback_past, force=overridden)
    release(world, request, f"deploy {image or '--config-only'}", options)


def world_of(ctx: typer.Context, env: str, app: str, options: Releasing) -> "World":
    """The world of an environment for work on one app, with the limits that the options set."""
    from driver.core.overrides import within
    from driver.wiring import live

    world = live(ctx.obj, env, options.message, needed=(app,))
    return within(
        world,
        timeout=options.timeout,
        release_timeout=options.release_timeout,
        prove=options.prove,
        verbose=options.verbose,
    )


def release(world: "World", request: "Request", doing: str, options: Releasing) -> None:
    """Carry a deploy out under the app's lock, or only look; what is true then, and how to undo it."""
    from driver.core.ledger.running import doubt
    from driver.core.preflight import gather
    from driver.core.release.rollback import undo
    from driver.core.values.release import find
    from driver.views import deploy_preview

    app, env, as_json = request.app, world.settings.env, options.as_json
    if options.dry_run:
        plan, report = gather.examine(world, request)
        if plan is not None and not as_json:
            _story(plan)
        deploy_preview.show(env, request, plan, report, as_json=as_json)
        return
    plan, pin = ship(world, request, doing, options.lock_wait)
    made = find(world.ledger.releases(app, 5), pin.release)
    if as_json:
        verdict = None if made is None else made.verdict
        console.answer_json({"app": app, "env": env, "verdict": verdict, **pin.plain()})
    else:
        console.answer(f"{app} {pin.version} runs in {env}: all of {', '.join(plan.app.services)}{doubt(made)}")
    if line := undo(world, app, pin):
        console.say(line)


def ship(world: "World", request: "Request", doing: str, lock_wait: float) -> "tuple[Plan, Pin]":
    """Plan a deploy and carry it out under the app's lock; the story of both on stderr."""
    from driver.core.locking import held
    from driver.core.preflight import gather
    from driver.core.release import deploy

    gather.check_time(world, request, lock_wait)
    with held(world, request.app, doing, lock_wait, console.say):
        plan = deploy.plan(world, request)
        _story(plan)
        return plan, deploy.carry_out(world, plan, console.say)


def _story(plan: "Plan") -> None:
    source = plan.image.source
    console.say(f"{plan.names.app} v{plan.number} in {plan.names.env}: {plan.image.digest[:19]}")
    if source is not None:
        console.say(f"source: {source}")
    if source is not None and source.merged:
        console.say(
            f"note: who builds {source.branch} itself, as Heroku does, gets {(source.tip or '')[:10]}, not this"
        )
    console.say(f"config: version {plan.config.version}, {len(plan.config.values)} variables")
    for line in plan.overwritten:
        console.say(line)

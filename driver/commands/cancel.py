"""`slipway cancel`: have a rollout taken back."""

from dataclasses import asdict

import typer

from driver import console
from driver.views.options import App, DryRun, Env, Json, Yes


def run(
    ctx: typer.Context, env: Env, app: App, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False
) -> None:
    """Stop the rollout of APP that is under way, be its deploy alive or dead; all go back to what ran before."""
    from driver.core.release import cancel
    from driver.errors import Interrupted
    from driver.wiring import live

    world = live(ctx.obj, env, needed=(app,))
    plan = cancel.plan(world, app)
    what = ", ".join([*plan.moving, *plan.unfinished])
    if dry_run:
        facts = {"app": app, "env": env, "moving": plan.moving, "unfinished": plan.unfinished, "dry_run": True}
        console.reply(f"{what} would be taken back in {env}; nothing was changed", facts, as_json=as_json)
        return
    question = f"Take back {what} in {env}?"
    if console.interactive() and not console.confirm(question, yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
    done = cancel.carry_out(world, plan, console.say)
    if as_json:
        console.answer_json({"app": app, "env": env, **asdict(done)})
    elif done.owner:
        console.answer(f"ECS takes back {', '.join(done.asked)}; {done.owner} sees it and brings all of {app} back")
    else:
        console.answer(f"nothing of {app} is under way in {env} any more; it is at {done.runs}")

"""`slipway rollback`: go back to an older release."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.commands.options import App, DryRun, Env, Json, LockWait, Message, Prove, Timeout, Yes

if TYPE_CHECKING:
    from driver.core.rollback import Plan

Version = Annotated[
    str | None,
    typer.Argument(metavar="[vN]", help="The release; the newest good one before the current one if left out."),
]


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    release: Version = None,
    message: Message = "",
    timeout: Timeout = None,
    prove: Prove = False,
    lock_wait: LockWait = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Release an older good release of APP again, code and config together; the database stays as it is."""
    from driver.core import rollback
    from driver.core.limits import within
    from driver.core.locking import held
    from driver.errors import Interrupted
    from driver.world import live

    world = within(live(ctx.obj, env, message), timeout=timeout, prove=prove)
    plan = rollback.plan(world, app, _number(release))
    _story(plan)
    if dry_run:
        console.answer(f"{app} in {env} could go back to {plan.target.version}; nothing was changed")
        return
    question = f"Roll {app} in {env} back to {plan.target.version}?"
    if console.interactive() and not console.confirm(question, yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
    with held(world, app, f"rollback to {plan.target.version}", lock_wait, console.say):
        # Asked and answered meanwhile: what was true before the question may not be any more.
        plan = rollback.plan(world, app, plan.target.number)
        pin = rollback.carry_out(world, plan, console.say)
    if as_json:
        console.answer_json({"app": app, "env": env, "copies": plan.target.number, **pin.plain()})
    else:
        console.answer(f"{app} {pin.version} runs in {env}: what {plan.target.version} was")
    console.say(f"Undo: slipway rollback {env} {app} {plan.state.pin.version}")


def _number(release: str | None) -> int | None:
    from driver.errors import InvalidInput

    if release is None:
        return None
    if not release.removeprefix("v").isdigit():
        raise InvalidInput(f"{release} is no release", hint="A release is written v43 or 43.")
    return int(release.removeprefix("v"))


def _story(plan: "Plan") -> None:
    from driver.core.rollback import key_changes

    target = plan.target
    console.say(f"{plan.names.app} runs {plan.state.pin.version}; good releases before it:")
    for row in plan.choices[:8]:
        mark = "→" if row.number == target.number else " "
        commit = row.pin.source.commit[:10] if row.pin.source and row.pin.source.commit else row.pin.digest[:19]
        console.say(f" {mark} {row.version:5} {row.started:%Y-%m-%d %H:%M}  {commit}  {row.tag}  {row.who}")
    more, less = key_changes(plan.state.pin, target.pin)
    for words, names in (("variables that come back", more), ("variables that go", less)):
        if names:
            console.say(f"{words}: {', '.join(names)}")

"""`slipway rollback`: go back to an older release."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.completing import releases
from driver.views.options import App, DryRun, Env, Json, LockWait, Message, Prove, Timeout, Verbose, Yes
from driver.views.release_menu import number_of, pick, show_choices

if TYPE_CHECKING:
    from driver.core.ports import World
    from driver.core.release.rollback import Menu
    from driver.core.values.release import Release
    from model.releases import Pin

Version = Annotated[
    str | None,
    typer.Argument(
        metavar="vN",
        autocompletion=releases,
        help="The release. Left out, it is asked for on a terminal; elsewhere it is the newest good one before this.",
    ),
]
ForcePast = Annotated[
    str | None,
    typer.Option(
        "--force-past", metavar="vN", help="Go back past this release, marked --no-rollback-past, all the same."
    ),
]


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    release: Version = None,
    message: Message = "",
    force_past: ForcePast = None,
    timeout: Timeout = None,
    prove: Prove = False,
    lock_wait: LockWait = 0,
    verbose: Verbose = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Release an older good release of APP again, code and config together; the database stays as it is."""
    from driver.core.locking import held
    from driver.core.overrides import within
    from driver.core.release import rollback
    from driver.errors import Interrupted
    from driver.wiring import live

    world = within(live(ctx.obj, env, message, needed=(app,)), timeout=timeout, prove=prove, verbose=verbose)
    past = number_of(force_past)
    menu, number = rollback.look(world, app), number_of(release)
    asking = console.interactive() and not yes and not dry_run
    show_choices(menu, world.clock.utc(), number)
    if asking and number is None and (past is not None or any(menu.barrier(row) is None for row in menu.choices)):
        number = pick(menu)
    plan = rollback.plan(world, menu, number, past)
    target = plan.target
    _story(menu, target)
    if dry_run:
        if plan.anew:
            console.say(rollback.ANEW.format(target.version))
        facts = {"app": app, "env": env, "copies": target.number, "dry_run": True}
        console.reply(f"{app} in {env} could go back to {target.version}; nothing was changed", facts, as_json=as_json)
        return
    if asking and not console.confirm(f"Roll {app} in {env} back to {target.version}?", yes=False, instead="--yes"):
        raise Interrupted("nothing was changed")
    with held(world, app, f"rollback to {target.version}", lock_wait, console.say):
        # Asked and answered meanwhile: what was true before the question may not be any more.
        plan = rollback.plan(world, rollback.look(world, app), target.number, past)
        pin = rollback.carry_out(world, plan, console.say)
    _answer(world, target, pin, as_json=as_json)


def _answer(world: "World", target: "Release", pin: "Pin", *, as_json: bool) -> None:
    from driver.core.ledger.running import doubt
    from driver.core.release.rollback import undo
    from driver.core.values.release import find

    app, env = target.app, world.settings.env
    if as_json:
        console.answer_json({"app": app, "env": env, "copies": target.number, **pin.plain()})
    else:
        made = find(world.ledger.releases(app, 5), pin.release)
        console.answer(
            f"{app} {pin.version} runs in {env}: what {target.version} was; the database is as it was before"
            f"{doubt(made)}"
        )
    if line := undo(world, app, pin):
        console.say(line)


def _story(menu: "Menu", target: "Release") -> None:
    from driver.core.release.rollback import key_changes

    for line in menu.overwritten:
        console.say(line)
    more, less = key_changes(menu.state.pin, target.pin)
    for words, names in (("variables that come back", more), ("variables that go", less)):
        if names:
            console.say(f"{words}: {', '.join(names)}")

"""`slipway restart`: new tasks of what runs already."""

from typing import Annotated

import typer

from driver import console
from driver.views.completing import processes
from driver.views.options import App, DryRun, Env, Json, LockWait, Timeout, Verbose, Yes

Process = Annotated[
    str | None, typer.Argument(metavar="PROCESS", help="One process; without it, all.", autocompletion=processes)
]


def run(
    ctx: typer.Context,
    env: Env,
    app: App,
    process: Process = None,
    timeout: Timeout = None,
    lock_wait: LockWait = 0,
    verbose: Verbose = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Replace the tasks of APP by new ones of the same release, and watch. It is not a release."""
    from driver.core.environment import app_of
    from driver.core.locking import held
    from driver.core.overrides import within
    from driver.core.release import recovery
    from driver.core.rollout import restart
    from driver.errors import Interrupted, NotReady
    from driver.wiring import live

    world = within(live(ctx.obj, env, needed=(app,)), timeout=timeout, verbose=verbose)
    spec, names = app_of(world.settings, app), world.settings.names(app)
    processes = restart.chosen(names, spec, process)
    what = f"{', '.join(processes)} of {app} in {env}"
    if dry_run:
        facts = {"app": app, "env": env, "processes": list(processes), "dry_run": True}
        console.reply(f"{what} would be restarted; nothing was changed", facts, as_json=as_json)
        return
    if console.interactive() and not console.confirm(f"Restart {what}?", yes=yes, instead="--yes"):
        raise Interrupted("nothing was changed")
    with held(world, app, f"restart {', '.join(processes)}", lock_wait, console.say):
        state = world.stacks.read(env).app(app)
        if state is None:
            raise NotReady(f"{app} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
        _state, before = recovery.at_rest(world, names, spec, state, console.say)
        runs = restart.restart(world, names, spec, processes, before, console.say)
    console.reply(f"{what} has new tasks", {"app": app, "env": env, "runs": runs}, as_json=as_json)

"""`slipway up`: bring the platform of an environment up, or up to date."""

import typer

from driver import console
from driver.commands.options import DryRun, Env, Json, Yes


def run(ctx: typer.Context, env: Env, yes: Yes = False, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Create and change infrastructure. What apps run is left as it is; a new app starts on the bootstrap image."""
    from driver.commands.changes import approve, approve_leaving, show
    from driver.core import fronts, leaving, platform
    from driver.core.letting_go import let_go
    from driver.core.room import check_room
    from driver.core.staying import check_stays
    from driver.core.tiers import check_left
    from driver.world import live

    world = live(ctx.obj, env)
    check_room(world.settings)
    stack = world.stacks.read(env)
    check_stays(world.settings, stack)
    check_left(world.settings, stack)
    fronts.check_ports(world.settings, stack)
    gone = leaving.leaving(world, stack)
    if not dry_run:
        platform.check_finished(world)
    for line in leaving.block(env, gone):
        console.say(line)
    # Every question comes before the first change: after a no to the last one all is as it was.
    if not dry_run:
        approve_leaving(gone, env, yes=yes)
    if dry_run or not yes:
        planned = leaving.planned(world, gone, console.say)
        if dry_run:
            show(planned, as_json=as_json)
            return
        approve(planned, env)
    with let_go(world, gone, console.say):
        changes = platform.bring_up(world, console.say)
    show(changes, as_json=as_json)
    console.say(f"{env} is up. Look with `slipway status {env}`; undo by an earlier checkout and `slipway up {env}`.")

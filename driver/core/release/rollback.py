"""A rollback: an older good release again, code and config together, on the task definitions that it ran on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from driver.core.environment import app_of
from driver.core.ledger import running
from driver.core.ledger.journal import Record
from driver.core.platform import load_balancers, private_tiers
from driver.core.ports import Say, World
from driver.core.preflight import presence
from driver.core.release import recovery, rollback_barrier
from driver.core.rollout import former, rollout, scope, waiting
from driver.core.rollout.move import Rolling
from driver.core.values import release as ledger
from driver.core.values.checkpoint import AppState
from driver.core.values.release import Kind, Release
from driver.errors import NotFound, NotReady
from model.names.names import AppNames
from model.releases import Pin
from model.settings import backdoor
from model.settings.app import App

ANEW = "ECS knows task definitions of {} no more: made anew, with the sizes that the catalogue has today"


@dataclass(frozen=True, kw_only=True)
class Menu:
    """An app with all that it could go back to: `choices`, newest first, of its `releases`; `gone` are those that it
    could if all that they need were still there, with what is not; `overwritten` says what somebody has changed past us
    and a rollback overwrites.
    """

    names: AppNames
    app: App
    state: AppState
    releases: Sequence[Release]
    choices: Sequence[Release]
    gone: Sequence[tuple[Release, str]] = ()
    overwritten: Sequence[str] = ()

    def barrier(self, release: Release) -> Release | None:
        """The release that stands between one and now, if there is one."""
        return rollback_barrier.before(self.releases, release)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A rollback that can begin. With `anew` ECS does not know all the task definitions of the target any more; `tasks`
    are those that were registered again in place of the target's own.
    """

    names: AppNames
    app: App
    state: AppState
    target: Release
    anew: bool = False
    tasks: Mapping[str, str] | None = None

    @property
    def pin(self) -> Pin:
        """The target's code, config and task definitions under a new number: the next one, if nobody takes it."""
        changes = {"release": max(self.state.pin.release, self.target.number) + 1}
        tasks = {} if self.anew else self.target.pin.tasks if self.tasks is None else dict(self.tasks)
        pin = self.target.pin.model_copy(update=changes | {"tasks": tasks})
        return waiting.kept(self.state, self.target.pin, pin)


def look(world: World, name: str) -> Menu:
    """What there is to go back to. Raises NotFound without such an app, NotReady without a platform."""
    app, env = app_of(world.settings, name), world.settings.env
    stack = world.stacks.read(env)
    state = stack.app(name)
    if state is None:
        raise NotReady(f"{name} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    private_tiers.check_built(world.settings, stack)
    load_balancers.check_built(world.settings, name, stack)
    releases = world.ledger.releases(name)
    scope.check_processes(env, name, app, state, releases)
    names = world.settings.names(name)
    services = world.services.describe(env, [names.process(process).service for process in app.services])
    presence.check(names, app, state, releases, services)
    presence.check_footing(world, names, stack, releases)
    found = [row for row in ledger.choices(releases, state.pin.release) if not row.pin.bootstrap]
    missing = [(row, running.lacks(world, names, row)) for row in found]
    return Menu(
        names=names,
        app=app,
        state=state,
        releases=releases,
        choices=[row for row, why in missing if not why],
        gone=[(row, why) for row, why in missing if why],
        overwritten=presence.overwritten(world, names, app, state, releases, services),
    )


def plan(world: World, menu: Menu, number: int | None, past: int | None = None) -> Plan:
    """Look for everything that the old release needs; without a number it is the newest one that is offered.

    `past` is the barrier that somebody knows of and goes back past. Raises NotFound for a release that can't be gone
    back to, NotReady when its image or config is gone or a barrier stands before it.
    """
    target = _target(menu, number)
    wall = menu.barrier(target)
    if wall is not None and wall.number != past:
        raise rollback_barrier.refusal(menu.names, target, wall)
    found = Plan(names=menu.names, app=menu.app, state=menu.state, target=target)
    _check(world, found)
    known, wanted = world.services.definitions(target.pin.tasks.values()), target.pin.tasks.values()
    return replace(found, anew=not all(arn in known for arn in wanted))


def _target(menu: Menu, number: int | None) -> Release:
    env, name = menu.names.env, menu.names.app
    if number is None and not menu.choices:
        raise NotFound(
            f"there is no other good release of {name} in {env} to go back to"
            + "".join(f"; {why}" for _row, why in menu.gone),
            hint=f"See what there is: slipway releases {env} {name}",
        )
    if number is None:
        return menu.choices[0]
    known = ledger.find(menu.releases, number)
    if known is not None and known.verdict is ledger.Verdict.SUCCEEDED and not known.pin.bootstrap:
        return known
    why = "there is none" if known is None else f"it is {known.verdict}"
    why = "it is the bootstrap image" if known is not None and known.pin.bootstrap else why
    again = f"none but the one that runs; released once more: slipway deploy {env} {name} --config-only"
    offered = ", ".join(row.version for row in menu.choices) or again
    raise NotFound(f"can't go back to v{number} of {name}: {why}", hint=f"Good releases: {offered}.")


def _check(world: World, plan: Plan) -> None:
    """What the old release needs must still be there."""
    pin, again = plan.target.pin, f"Choose another one: slipway releases {plan.names.env} {plan.names.app}"
    why = running.lacks(world, plan.names, plan.target)
    if why:
        raise NotReady(why, hint=again)
    missing = _missing(plan.app, pin, plan.state.waiting)
    if missing:
        raise NotReady(f"{plan.target.version} had no process {', '.join(missing)}", hint=again)


def _missing(app: App, pin: Pin, new: Collection[str]) -> Sequence[str]:
    """The processes of today that a release did not have, but for those that wait for their first one; a backdoor has a
    command of its own."""
    return sorted({*app.services, *app.one_offs} - {*pin.tasks, *new, backdoor.NAME})


def carry_out(world: World, plan: Plan, say: Say) -> Pin:
    """Move all processes to the old release; the pin that runs. Scale and database stay as they are."""
    state, before = recovery.at_rest(world, plan.names, plan.app, plan.state, say)
    plan = replace(plan, state=state)
    rolling = Rolling(names=plan.names, app=plan.app, state=plan.state, pin=plan.pin, before=before)
    rollout.check(rolling, rollout.preview(world, rolling))
    target = plan.target
    plan = replace(plan, tasks=former.registered(world, replace(rolling, pin=plan.pin), before, say).tasks)
    record = Record.start(world, plan.names.app, plan.pin, Kind.ROLLBACK, target.copied)
    if plan.anew:
        say(ANEW.format(target.version))
    say(f"rolling back {plan.names.app} to {target.version}, as {record.pin.version}; the database is not rolled back")
    rollout.roll(world, replace(rolling, pin=record.pin), record, say)
    return record.pin


def undo(world: World, name: str, done: Pin) -> str:
    """How to undo the release that has just been made, as a line for people; empty where nothing else ran before it."""
    env, releases = world.settings.env, world.ledger.releases(name)
    good = [row for row in releases if row.number < done.release and row.verdict is ledger.Verdict.SUCCEEDED]
    before, now = next(iter(good), None), ledger.find(releases, done.release)
    if before is None or before.pin.bootstrap or (now is not None and ledger.same(before, now)):
        return ""
    wall, lacks = rollback_barrier.before(releases, before), running.lacks(world, world.settings.names(name), before)
    if wall is not None:
        return f"Undo: only by a new deploy, since {wall.version} is marked {rollback_barrier.OPTION}"
    if lacks:
        return f"Undo: only by a new deploy, since {lacks}"
    app = world.settings.apps[name]
    if _missing(app, before.pin, [process for process in app.processes if done.waits(process)]):
        return f"Undo: slipway deploy {env} {name} --image {before.pin.digest}"
    return f"Undo: slipway rollback {env} {name} {before.version}"


def key_changes(current: Pin, target: Pin) -> tuple[Sequence[str], Sequence[str]]:
    """The names of the variables that a rollback brings back, and of those that it takes away."""
    return sorted(set(target.keys) - set(current.keys)), sorted(set(current.keys) - set(target.keys))

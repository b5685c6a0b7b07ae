"""A rollback: an older good release again, code and config together, on the task definitions that it ran on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from driver.core import ledger, resume, rollout, targets
from driver.core.catalogue import app_of
from driver.core.ledger import Kind, Origin, Release
from driver.core.ports import Say, World
from driver.core.record import Record
from driver.core.state import AppState
from driver.errors import NotFound, NotReady
from spec.catalogue import App
from spec.names import AppNames
from spec.releases import Pin


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A rollback that can begin. `choices` are all releases that one could go back to, newest first."""

    names: AppNames
    app: App
    state: AppState
    target: Release
    choices: Sequence[Release]

    @property
    def pin(self) -> Pin:
        """The target's code, config and task definitions under a new number: the next one, if nobody takes it."""
        number = max(self.state.pin.release, self.target.number) + 1
        return self.target.pin.model_copy(update={"release": number})


def plan(world: World, name: str, number: int | None) -> Plan:
    """Look for everything before anything changes; without a number it is the newest good release before this one.

    Raises NotFound for a release that can't be gone back to, NotReady when its image or config is gone.
    """
    app, env = app_of(world.settings, name), world.settings.env
    names = world.settings.names(name)
    state = world.stacks.read(env).app(name)
    if state is None:
        raise NotReady(f"{name} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    targets.check_processes(env, name, app, state)
    releases = world.ledger.releases(name)
    choices = ledger.choices(releases, state.pin.release)
    found = Plan(
        names=names, app=app, state=state, target=_target(env, name, releases, choices, number), choices=choices
    )
    _check(world, found)
    return found


def _target(
    env: str, name: str, releases: Sequence[Release], choices: Sequence[Release], number: int | None
) -> Release:
    offered = ", ".join(row.version for row in choices)
    if not choices:
        raise NotFound(
            f"there is no other good release of {name} in {env} to go back to",
            hint=f"See what there is: slipway releases {env} {name}",
        )
    if number is None:
        return choices[0]
    good = next((row for row in releases if row.number == number and row.verdict is ledger.Verdict.SUCCEEDED), None)
    if good is None:
        known = next((row for row in releases if row.number == number), None)
        why = "there is none" if known is None else f"it is {known.verdict}"
        raise NotFound(f"can't go back to v{number} of {name}: {why}", hint=f"Good releases: {offered}.")
    return good


def _check(world: World, plan: Plan) -> None:
    """What the old release needs must still be there."""
    pin, again = plan.target.pin, f"Choose another one: slipway releases {plan.names.env} {plan.names.app}"
    if pin.image is not None:
        try:
            world.images.resolve(plan.names.repository, pin.image)
        except NotReady:
            raise NotReady(f"the image of {plan.target.version} is gone from ECR: {pin.digest}", hint=again) from None
    if pin.config is not None and not world.secrets.has(plan.names.secret, pin.config):
        raise NotReady(f"the config of {plan.target.version} is gone from Secrets Manager: {pin.config}", hint=again)
    missing = sorted(set(plan.app.services) - set(pin.tasks))
    if missing:
        raise NotReady(f"{plan.target.version} had no process {', '.join(missing)}", hint=again)


def carry_out(world: World, plan: Plan, say: Say) -> Pin:
    """Move all processes to the old release; the pin that runs. Scale and database stay as they are."""
    state, before = resume.at_rest(world, plan.names, plan.app, plan.state, say)
    plan = replace(plan, state=state)
    rolling = rollout.Rolling(names=plan.names, app=plan.app, state=plan.state, pin=plan.pin, before=before)
    rollout.check(world, rolling)
    target = plan.target
    record = Record.start(world, plan.names.app, plan.pin, Kind.ROLLBACK, Origin(copies=target.number))
    say(f"rolling back {plan.names.app} to {target.version}, as {record.pin.version}; the database is not rolled back")
    rollout.roll(world, replace(rolling, pin=record.pin), record, say)
    return record.pin


def key_changes(current: Pin, target: Pin) -> tuple[Sequence[str], Sequence[str]]:
    """The names of the variables that a rollback brings back, and of those that it takes away."""
    return sorted(set(target.keys) - set(current.keys)), sorted(set(current.keys) - set(target.keys))

"""Drift: what somebody changed at ECS past Slipway, and putting it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from driver.core.drift.service_config import ROLLING, Aspect, Shape, Shapes, expected, show
from driver.core.ledger import running
from driver.core.platform import bring_up
from driver.core.ports import Say, World
from driver.core.rollout import restart
from driver.core.values import release
from driver.core.values.checkpoint import AppState
from driver.core.watch import settle
from driver.core.watch.settle import Snapshot
from driver.core.watch.watch import Expectation
from driver.errors import HasDrifted, NotReady
from model.names.names import AppNames
from model.settings.app import App

COMPARED = [aspect for aspect in Aspect if aspect is not Aspect.SERVICE]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One aspect of one process that is not as it should be; `by` is who changed it and when, where that is known."""

    app: str
    process: str
    aspect: Aspect
    wanted: object
    found: object
    by: str = ""

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {
            "app": self.app,
            "process": self.process,
            "what": self.aspect.value,
            "wanted": self.wanted,
            "found": self.found,
            "by": self.by,
        }

    @property
    def row(self) -> tuple[str, ...]:
        """For people."""
        name = f"{self.app}.{self.process}"
        return name, self.aspect.value, show(self.wanted), show(self.found), self.by or "not known"


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """An app with what of it differs; `wanted` is how each process should be, by process."""

    names: AppNames
    app: App
    state: AppState
    wanted: Mapping[str, Shape]
    differences: Sequence[Difference]

    def aspects(self, process: str) -> list[Aspect]:
        """What of a process differs."""
        return [row.aspect for row in self.differences if row.process == process]


def look(world: World, port: Shapes, apps: Sequence[str]) -> list[Drifted]:
    """Every app that is up, with its differences. An app that is half-way to a release can't be judged.

    Raises Busy, NotReady for such an app, Unreachable, Expired.
    """
    for name in apps:
        bring_up.check_app_finished(world, name)
    env = world.settings.env
    stack = world.stacks.read(env)
    if not stack.exists:
        raise NotReady(f"{env} is not up", hint=f"Run `slipway up {env}` first.")
    states = {name: stack.app(name) for name in apps}
    return [compare(world, port, name, state) for name, state in states.items() if state is not None]


def compare(world: World, port: Shapes, name: str, state: AppState) -> Drifted:
    """One app as it is beside how it should be."""
    names, app = world.settings.names(name), world.settings.apps[name]
    services = {key: names.process(key).service for key in app.services if key in state.services}
    found = port.read(names.env, list(services.values()))
    wanted = {key: expected(app, state, key, found[service]) for key, service in services.items() if service in found}
    rows: list[Difference] = []
    same = _registered_again(world, wanted, {key: found[services[key]] for key in wanted})
    for key, service in services.items():
        if service in found:
            differing = [one for one in COMPARED if _differ(wanted[key].of(one), found[service].of(one))]
            differing = [one for one in differing if one is not Aspect.TASK or key not in same]
            by = port.changed(names.env, service, differing) if differing else {}
            rows += [
                Difference(
                    app=name,
                    process=key,
                    aspect=one,
                    wanted=wanted[key].of(one),
                    found=found[service].of(one),
                    by=by.get(one, ""),
                )
                for one in differing
            ]
        else:
            gone = Difference(app=name, process=key, aspect=Aspect.SERVICE, wanted="is there", found="is gone")
            rows.append(gone)
    return Drifted(names=names, app=app, state=state, wanted=wanted, differences=rows)


def _registered_again(world: World, wanted: Mapping[str, Shape], found: Mapping[str, Shape]) -> set[str]:
    """The processes on a task definition that says the same as the one that they should run."""
    pairs = {key: (wanted[key].task_definition, found[key].task_definition) for key in wanted}
    return {key for key, pair in pairs.items() if pair[0] != pair[1] and running.equal(world, *pair)}


def _differ(wanted: object, found: object) -> bool:
    return wanted is not None and wanted != found


def refusal(env: str, found: Sequence[Drifted]) -> HasDrifted:
    """What the command ends with where anything differs."""
    names = [row.names.app for row in found if row.differences]
    return HasDrifted(
        f"{', '.join(names)} in {env} {'is' if len(names) == 1 else 'are'} not as Slipway left them",
        hint=f"Put it back: slipway drift {env} --overwrite. Keep it: slipway drift {env} --adopt.",
    )


def overwrite(world: World, port: Shapes, name: str, say: Say) -> Sequence[Difference]:
    """Put an app back as it should be, under its lock, and watch what rolls; what was put back.

    Raises NotReady where a service is gone or a release was cut off, RolloutFailed, StillRolling.
    """
    found, before = settled(world, port, name, say)
    moving: dict[str, str] = {}
    for process, wanted in found.wanted.items():
        service, aspects = found.names.process(process).service, found.aspects(process)
        if not aspects:
            continue
        say(f"putting back {', '.join(aspects)} of {service}")
        shape = _movable(world, wanted, say) if Aspect.TASK in aspects else wanted
        port.put(found.names.env, service, shape, aspects)
        if ROLLING.intersection(aspects):
            moving[process] = shape.task_definition
    if moving:
        runs = {found.names.process(process).service: arn for process, arn in moving.items()}
        known = frozenset(row.arn for service in runs for row in before[service].rollouts)
        expectation = Expectation(cluster=found.names.env, task_definitions=runs, known=known, anew=True)
        restart.follow(world, found.names, found.app, expectation, "put back", say)
    return found.differences


def _movable(world: World, wanted: Shape, say: Say) -> Shape:
    """The shape on a task definition that a service can be moved to: one that was deregistered is registered again."""
    [arn] = running.registered(world, {"": wanted.task_definition}).values()
    if arn != wanted.task_definition:
        say(f"  {show(wanted.task_definition)} was deregistered; registered again as {show(arn)}")
    return replace(wanted, task_definition=arn)


def settled(world: World, port: Shapes, name: str, say: Say) -> tuple[Drifted, Snapshot]:
    """The app's differences, and its services, once ECS is done with whatever it was doing. Raises NotReady."""
    env, open_ = world.settings.env, release.unfinished(world.ledger.releases(name))
    state = world.stacks.read(env).app(name)
    if state is None:
        raise NotReady(f"{name} has no platform in {env} yet", hint=f"Run `slipway up {env}` first.")
    if open_:
        raise NotReady(
            f"{open_[0].version} of {name} in {env} was cut off",
            hint=f"Have it finished or reverted first: slipway cancel {env} {name}",
        )
    before = settle.at_rest(world, world.settings.names(name), world.settings.apps[name], say)
    found = compare(world, port, name, state)
    gone = [row.process for row in found.differences if row.aspect is Aspect.SERVICE]
    if gone:
        raise NotReady(
            f"the service of {name} {', '.join(gone)} is gone from ECS",
            hint=f"Bring it back first: slipway up {env}",
        )
    return found, before

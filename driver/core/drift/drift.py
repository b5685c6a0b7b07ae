"""Drift of services: each beside what its app is pinned to, the state and the catalogue, and putting it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from driver.core.drift import difference
from driver.core.drift.difference import Difference, How
from driver.core.drift.resources import GONE, NOT_IN_STATE, NOT_THERE, THERE
from driver.core.drift.service_config import ROLLING, Aspect, Shape, Shapes, expected, show
from driver.core.ledger import running
from driver.core.ports import Say, World
from driver.core.rollout import restart
from driver.core.values import release
from driver.core.values.checkpoint import AppState
from driver.core.watch import settle
from driver.core.watch.settle import Snapshot
from driver.core.watch.watch import Expectation
from driver.errors import HasDrifted, NotReady
from model.names.names import AppNames
from model.names.pulumi_types import SERVICE
from model.settings.app import App

COMPARED = [aspect for aspect in Aspect if aspect is not Aspect.SERVICE]


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """An app with what of it differs; `wanted` is how each process should be, by process.

    The processes that are the `same` run what was registered again of a task definition that was deregistered.
    """

    names: AppNames
    app: App
    state: AppState
    wanted: Mapping[str, Shape]
    differences: Sequence[Difference]
    same: frozenset[str] = frozenset()

    def aspects(self, process: str) -> list[Aspect]:
        """What of a process can be set anew."""
        return [Aspect(row.what) for row in self.differences if row.process == process and row.overwritable]


def compare(world: World, port: Shapes, name: str, state: AppState) -> Drifted:
    """One app as it is beside how it should be."""
    names, app = world.settings.names(name), world.settings.apps[name]
    services = {key: names.process(key).service for key in app.services}
    found = port.read(names.env, list(services.values()))
    known = {key: service for key, service in services.items() if key in state.services and service in found}
    wanted = {key: expected(app, state, key, found[service]) for key, service in known.items()}
    rows: list[Difference] = []
    same = _registered_again(world, wanted, {key: found[services[key]] for key in wanted})
    for key, service in services.items():
        if key in known:
            found_here = _differing(port, names, key, wanted=wanted[key], found=found[service])
            rows += [row for row in found_here if row.what != Aspect.TASK or key not in same]
        else:
            rows.append(_absent(names, key, in_state=key in state.services, at_aws=service in found))
    return Drifted(names=names, app=app, state=state, wanted=wanted, differences=rows, same=same)


def _registered_again(world: World, wanted: Mapping[str, Shape], found: Mapping[str, Shape]) -> frozenset[str]:
    """The processes on a task definition that says the same as the one that they should run."""
    pairs = {key: (wanted[key].task_definition, found[key].task_definition) for key in wanted}
    return frozenset(key for key, pair in pairs.items() if pair[0] != pair[1] and running.equal(world, *pair))


def _differing(port: Shapes, names: AppNames, process: str, *, wanted: Shape, found: Shape) -> list[Difference]:
    differing = [one for one in COMPARED if _differ(wanted.of(one), found.of(one))]
    by = port.changed(names.env, names.process(process).service, differing) if differing else {}
    rows = [
        Difference(
            app=names.app,
            process=process,
            name=names.process(process).logical,
            what=one,
            wanted=wanted.of(one),
            found=found.of(one),
            by=by.get(one, ""),
            cure=difference.overwrite(names.env, names.app),
        )
        for one in differing
    ]
    return [_without_ground(names.env, row) for row in rows]


def _without_ground(env: str, row: Difference) -> Difference:
    """The same row, but where what the service should have is gone itself, so that no service can be given it.

    Without a scalable target there are no policies either: AWS deletes them with it, and `up` makes both.
    """
    if row.what is Aspect.LIMITS and row.found is None:
        return replace(row, how=How.GONE, by="", cure=difference.up(env))
    return row


def _absent(names: AppNames, process: str, *, in_state: bool, at_aws: bool) -> Difference:
    """A service that only one of state and AWS has, or neither."""
    return Difference(
        app=names.app,
        process=process,
        name=names.process(process).logical,
        what=Aspect.SERVICE,
        kind=SERVICE,
        how=How.UNKNOWN if at_aws else How.GONE,
        wanted=THERE,
        found=NOT_IN_STATE if at_aws else GONE if in_state else NOT_THERE,
        cure=difference.up(names.env),
    )


def _differ(wanted: object, found: object) -> bool:
    return wanted is not None and wanted != found


def refusal(env: str, rows: Sequence[Difference]) -> HasDrifted:
    """What the command ends with where anything differs: each command to type once, what makes things anew first."""
    where = list(dict.fromkeys(row.app for row in rows if row.app))
    apps = list(dict.fromkeys(row.app for row in rows if row.overwritable))
    all_at_once = f"slipway drift {env}" if len(apps) > 1 else f"slipway drift {env} {apps[0]}" if apps else ""
    cures = [f"{all_at_once} --overwrite" if row.overwritable else row.cure for row in rows]
    cures = sorted(dict.fromkeys(cures), key=lambda cure: cure != difference.up(env))
    hint = f"Type: {', then '.join(cures)}." + f" To keep it instead: {all_at_once} --adopt." * bool(apps)
    what = f"{', '.join(where)} in {env}" if where else env
    return HasDrifted(
        f"{what} {'are not as Slipway left them' if len(where) > 1 else 'is not as Slipway left it'}", hint=hint
    )


def overwrite(world: World, port: Shapes, name: str, say: Say) -> Sequence[Difference]:
    """Put an app's services back as they should be, under its lock, and watch what rolls; what is left differing.

    Raises NotReady where a release was cut off, RolloutFailed, StillRolling.
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
    return [row for row in found.differences if not row.overwritable]


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
    return compare(world, port, name, state), before

"""A look at an app before anything is done to it: whether all of it is there, and what of it somebody has changed."""

from collections.abc import Mapping, Sequence

from driver.core.ledger import running
from driver.core.ports import ServiceState, World
from driver.core.rollout import scope
from driver.core.values import release
from driver.core.values.checkpoint import AppState, StackState
from driver.core.values.release import Release
from driver.errors import NotReady
from model.names.names import AppNames
from model.settings.app import App

Found = Mapping[str, ServiceState]


def check(names: AppNames, app: App, state: AppState, releases: Sequence[Release], found: Found) -> None:
    """Every service of the app is in the engine's state, and at ECS. Raises NotReady that names those that are not.

    Processes that the platform has not got yet are somebody else's finding.
    """
    built = [process for process in app.services if process in state.task_definitions]
    gone = [names.process(process).service for process in built if names.process(process).service not in found]
    lost = [names.process(process).service for process in built if process not in state.services]
    lost = [name for name in lost if name not in gone]
    parts = [f"{', '.join(gone)} {_is(gone)} gone from ECS"] * bool(gone)
    parts += [f"{', '.join(lost)} {_is(lost)} not in the engine's state"] * bool(lost)
    if parts:
        way = scope.way_out(names.env, names.app, releases, "it brings back what is gone, and takes over what is lost")
        raise NotReady(f"{names.app} in {names.env} is not whole: {'; '.join(parts)}", hint=way)


def check_footing(world: World, names: AppNames, stack: StackState, releases: Sequence[Release]) -> None:
    """What the app's tasks stand on is there: log groups, roles with their policies, security and target groups.

    Raises NotReady with all that is not, Unreachable.
    """
    rows = [row for row in stack.parts(names.app) if row.kind.startswith("aws:")]
    gone = world.account.gone(rows)
    lacking = sorted(f"{row.word} {row.output('name') or row.name}" for row in rows if row.urn in gone)
    if lacking:
        way = scope.way_out(names.env, names.app, releases, "it makes anew what is gone")
        raise NotReady(
            f"gone from AWS, so that no task of {names.app} in {names.env} would start: {', '.join(lacking)}",
            hint=way,
        )


def overwritten(
    world: World, names: AppNames, app: App, state: AppState, releases: Sequence[Release], found: Found
) -> list[str]:
    """What somebody has moved past us and a release overwrites: a sentence each, with who it was where that is known.

    What a release that was cut off has moved is no one's but ours. Raises Unreachable.
    """
    if release.unfinished(releases):
        return []
    told = []
    for process in app.services:
        service, wanted = found.get(names.process(process).service), state.pinned(process)
        if service is None or not wanted or service.task_definition == wanted:
            continue
        if running.equal(world, service.task_definition, wanted):
            continue
        by = world.mover(names.env, service.name, service.rollouts[0].created if service.rollouts else None)
        told.append(
            f"{service.name} runs {_revision(service.task_definition)}, and {state.pin.version} is"
            f" {_revision(wanted)}: this overwrites what somebody has changed{f' ({by})' if by else ''}"
        )
    return told


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _revision(task_definition: str) -> str:
    """The family and revision of a task definition's ARN."""
    return task_definition.rsplit("/", 1)[-1]

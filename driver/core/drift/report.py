"""Everything that differs in an environment: pins and ledger, the engine's state and AWS are held side by side."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from driver.core.drift import difference, drift
from driver.core.drift import resources as deviations
from driver.core.drift.difference import Difference, How
from driver.core.drift.drift import Drifted
from driver.core.drift.service_config import Aspect, Shapes
from driver.core.platform import bring_up, healing, inventory, removal
from driver.core.platform.inventory import Inventory
from driver.core.ports import Say, Update, World
from driver.core.values import release as ledger
from driver.core.values.checkpoint import AppState, StackState
from driver.errors import Busy, EngineFailed, NotReady
from model.names.pulumi_types import TASK_DEFINITION

ASKED = 20
"""So many rows are looked up in the event history, which answers two questions a second."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """The services as they are set up, and what else AWS has under our names."""

    shapes: Shapes
    inventory: Inventory


@dataclass(frozen=True, kw_only=True)
class Report:
    """`apps` are those that are up, with what of their services differs; `rows` is all that differs of anything.

    `failed` is what the engine could not look at, in its words.
    """

    apps: Sequence[Drifted]
    rows: Sequence[Difference]
    failed: Sequence[str] = ()

    @property
    def overwritable(self) -> list[str]:
        """The apps with services that can be put back."""
        return list(dict.fromkeys(row.app for row in self.rows if row.overwritable))


def look(world: World, ports: Ports, apps: Sequence[str], *, whole: bool, say: Say) -> Report:
    """These apps and, with `whole`, all else that the environment is made of. Nothing is changed, and no lock taken.

    An app that is half-way to a release can't be judged; where all apps are looked at, the others are. Raises Busy,
    NotReady, Unreachable, Expired.
    """
    env = world.settings.env
    stack = world.stacks.read(env)
    if not removal.destroyed(stack):
        raise NotReady(f"{env} is not up", hint=f"Run `slipway up {env}` first.")
    halfway = dict(_halfway(world, apps, whole=whole, say=say))
    judged = [name for name in apps if name not in halfway]
    states = {name: stack.app(name) for name in judged}
    found = [drift.compare(world, ports.shapes, name, state) for name, state in states.items() if state is not None]
    resources, failed, notes = _resources(world, ports, stack, judged, whole=whole)
    for line in notes:
        say(line)
    services = [row for app in found for row in app.differences]
    replaced = {(TASK_DEFINITION, f"{app.names.app}.{process}") for app in found for process in app.same}
    rows = deviations.merged(services, [row for row in resources if (row.kind, row.name) not in replaced])
    rows += [row for row in halfway.values() if row is not None]
    rows += [row for app in found for row in _release(world, app)]
    rows.sort(key=lambda row: (row.app, row.name, row.what))
    return Report(apps=found, rows=_by_whom(ports.inventory, rows), failed=tuple(failed))


def again(world: World, ports: Ports, before: Report, apps: Sequence[str]) -> Report:
    """What is left after the services of these apps were dealt with: those are looked at anew, and nothing else is."""
    stack = world.stacks.read(world.settings.env)
    states = {name: stack.app(name) for name in apps}
    found = [drift.compare(world, ports.shapes, name, state) for name, state in states.items() if state is not None]
    services = [row for app in found for row in app.differences]
    kept = [row for row in before.rows if row.app not in apps or row.what not in set(Aspect)]
    return Report(apps=found, rows=[*services, *kept], failed=before.failed)


def _halfway(world: World, apps: Sequence[str], *, whole: bool, say: Say) -> Iterator[tuple[str, Difference | None]]:
    """The apps of which a release is under way, or was cut off, which is a row. Alone, such an app is refused."""
    env = world.settings.env
    for name in apps:
        try:
            bring_up.check_app_finished(world, name)
        except Busy as error:
            if not whole:
                raise
            say(f"{error.message}; {name} is not looked at")
            yield name, None
        except NotReady as error:
            if not whole:
                raise
            cure = f"slipway cancel {env} {name}"
            yield (
                name,
                Difference(app=name, name=name, what="release", wanted="is finished", found=error.message, cure=cure),
            )


def _resources(
    world: World, ports: Ports, stack: StackState, apps: Collection[str], *, whole: bool
) -> tuple[list[Difference], list[str], list[str]]:
    """All rows but those of services, what could not be looked at, and what the program says of what waits for the next
    release, which is no drift."""
    settings, failed, told = world.settings, list[str](), list[str]()
    mine = [row.urn for row in stack.resources if deviations.place(settings, row.urn)[0] in apps]
    refresh = world.stacks.refreshed(settings.env, () if whole else mine)
    known = [name for name in apps if _is_known(world, name, stack.app(name))]
    rows = list(deviations.read_anew(settings, stack, refresh.deviations, known))
    update = Update(env=settings.env, message="drift", pins=healing.remembered(world, stack, told.append))
    try:
        planned = world.stacks.preview(update, told.append)
    except EngineFailed as error:
        planned, failed = [], [error.message]
    rows += deviations.missing(settings, stack, planned)
    # Of what belongs to no app a setting that reads otherwise is as often the provider's own way of reading it.
    rows = [row for row in rows if row.app in apps or (whole and not row.app and row.how is not How.CHANGED)]
    rows += deviations.lost(settings.env, inventory.lost(settings, stack, ports.inventory, apps))
    if stack.pending_creates and whole:
        rows.append(_cut_off(settings.env))
    return rows, [one for one in (refresh.failed, *failed) if one], _notes(told, apps)


def _notes(told: Sequence[str], apps: Collection[str]) -> list[str]:
    """What was told beside the plan itself, whose lines are indented: what of these apps waits for a release."""
    return [line for line in dict.fromkeys(told) if line.partition(".")[0] in apps]


def _is_known(world: World, app: str, state: AppState | None) -> bool:
    """Whether the ledger has the release that an app is pinned to for a good one."""
    try:
        releases = world.ledger.releases(app)
    except NotReady:
        return False
    found = None if state is None else ledger.find(releases, state.pin.release)
    return found is not None and found.verdict is ledger.Verdict.SUCCEEDED


def _cut_off(env: str) -> Difference:
    return Difference(
        name=env,
        what="update",
        wanted="is finished",
        found="is at work, or was cut off while it made something",
        how=How.UNKNOWN,
        cure=difference.up(env),
    )


def _release(world: World, app: Drifted) -> Sequence[Difference]:
    """Nothing without a ledger: its table is a resource of the state, and has a row there."""
    try:
        releases = world.ledger.releases(app.names.app)
    except NotReady:
        return []
    return deviations.release(world.settings.env, app.names.app, app.state, releases)


def _by_whom(port: Inventory, rows: Sequence[Difference]) -> list[Difference]:
    asked = 0
    found = []
    for row in rows:
        if row.id and not row.by and asked < ASKED:
            asked += 1
            found.append(replace(row, by=port.changed(row.kind, row.id, gone=row.how is How.GONE)))
        else:
            found.append(row)
    return found

"""What differs of resources: between the engine's state and AWS, between the state and the program, and between the
pin and the ledger. Each row names the command that mends it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from driver.core.drift import difference
from driver.core.drift.difference import Difference, How
from driver.core.drift.service_config import Aspect
from driver.core.platform.inventory import Named, word
from driver.core.ports import Change
from driver.core.values import release as ledger
from driver.core.values.checkpoint import AppState, StackState
from driver.core.values.refresh import Deviation
from driver.core.values.release import Release
from model.names.pulumi_types import APP, SCALABLE, SERVICE, TASK_DEFINITION
from model.settings.environment import Settings

THERE, NOT_THERE, GONE = "is there", "is not there", "is gone"
NOT_IN_STATE = "is there, and not in the state"
COMPARED = {
    SERVICE: {
        "desiredCount",
        "taskDefinition",
        "networkConfiguration",
        "capacityProviderStrategies",
        "deploymentMinimumHealthyPercent",
        "deploymentMaximumPercent",
        "deploymentCircuitBreaker",
    },
    SCALABLE: {"minCapacity", "maxCapacity"},
}
"""What of a service is compared with the pin and the catalogue, and not with the state."""
MADE = {"create", "import"}
"""The operations of a plan that put something into the state."""


def place(settings: Settings, urn: str) -> tuple[str, str]:
    """The app and the process that a resource belongs to, as far as it belongs to one."""
    chain, _, name = urn.rpartition("::")
    app, _, rest = name.partition(".")
    if APP not in chain or app not in settings.apps:
        return "", ""
    process = rest.partition(".")[0]
    return app, process if process in settings.apps[app].processes else ""


def read_anew(
    settings: Settings, stack: StackState, deviations: Sequence[Deviation], known: Collection[str] = ()
) -> Iterator[Difference]:
    """The state beside AWS: a row for each resource that is gone, and for each setting that differs.

    `known` are the apps whose pinned release the ledger has for a good one.
    """
    for one in deviations:
        row = replace(_gone(settings, one), id=one.id)
        compared = bool(row.app) and row.process in settings.apps[row.app].services
        if one.gone:
            state = stack.app(row.app) if row.app and one.kind == TASK_DEFINITION else None
            cure = row.cure if state is None else difference.anew(settings.env, state, known=row.app in known)
            yield replace(row, cure=cure)
        for key, (wanted, found) in one.differing.items():
            if not (compared and key in COMPARED.get(one.kind, ())):
                yield replace(row, what=f"{row.what} {key}", how=How.CHANGED, wanted=wanted, found=found)


def _gone(settings: Settings, one: Deviation | Change) -> Difference:
    app, process = place(settings, one.urn)
    return Difference(
        app=app,
        process=process,
        name=one.name,
        what=word(one.kind),
        kind=one.kind,
        how=How.GONE,
        wanted=THERE,
        found=GONE,
        cure=difference.up(settings.env),
    )


def lost(env: str, found: Sequence[Named]) -> list[Difference]:
    """What AWS has under our names, while the state does not have it."""
    return [
        Difference(
            app=one.app,
            process=one.process,
            name=one.logical,
            what=Aspect.SERVICE if one.kind == SERVICE else word(one.kind),
            kind=one.kind,
            how=How.UNKNOWN,
            wanted="is in the state",
            found=NOT_IN_STATE,
            cure=difference.up(env),
        )
        for one in found
    ]


def missing(settings: Settings, stack: StackState, planned: Sequence[Change]) -> list[Difference]:
    """What the program has and the state does not: one row for a whole app or process, else one for a resource."""
    rows: dict[tuple[str, str], Difference] = {}
    for one in planned:
        if one.operation not in MADE or not one.kind.startswith("aws:"):
            continue
        row = replace(_gone(settings, one), found=NOT_THERE)
        state = stack.app(row.app) if row.app else None
        if row.app and state is None:
            row = replace(row, what="app", name=row.app, process="", kind="")
        elif state is not None and row.process and not _stands(state, row.process):
            row = replace(row, what="process", name=f"{row.app}.{row.process}", kind="")
        rows.setdefault((row.what, row.name), row)
    return list(rows.values())


def _stands(state: AppState, process: str) -> bool:
    return process in state.task_definitions or process in state.services


def release(env: str, app: str, state: AppState, releases: Sequence[Release]) -> list[Difference]:
    """The pin beside the ledger: what came to run last by both is one and the same, good or not.

    A rollback to what the ledger has for good settles it; where it has nothing, a release of what runs does.
    """
    good, pin, current = ledger.last_good(releases), state.pin, ledger.current(releases)
    number = 0 if good is None else good.number
    if number == pin.release or (good is not None and good.pin.bootstrap and pin.bootstrap):
        return []
    if current is not None and current.verdict in ledger.RUNS and current.number == pin.release:
        return []
    to = f"slipway rollback {env} {app} v{number}" if good is not None and not good.pin.bootstrap else ""
    return [
        Difference(
            app=app,
            name=app,
            what="release",
            wanted=f"v{number}, by the ledger" if good is not None else "none, by the ledger",
            found=f"{pin.version}, by the pin",
            cure=to or f"slipway deploy {env} {app} --config-only",
        )
    ]


def merged(services: Collection[Difference], resources: Collection[Difference]) -> list[Difference]:
    """All rows, each thing once. What `--overwrite` can't give back for want of the resource itself says so."""
    gone = {(row.kind, row.name) for row in resources if row.how is How.GONE}
    told = {(SERVICE, row.name) for row in services if row.what == Aspect.SERVICE}
    kept = [
        row
        for row in services
        if not (row.what == Aspect.LIMITS and row.how is How.GONE and (SCALABLE, row.name) in gone)
    ]
    unknown = {(row.kind, row.name) for row in resources if row.how is How.UNKNOWN}
    added = [
        row
        for row in resources
        if (row.kind, row.name) not in told and not (row.how is not How.UNKNOWN and (row.kind, row.name) in unknown)
    ]
    return [*kept, *added]

"""Taking over what somebody else deployed: what runs becomes a release, and what was scaled becomes settings."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from driver.core.drift.drift import Drifted, settled
from driver.core.drift.service_config import SCALE, Aspect, Shapes
from driver.core.ledger import running
from driver.core.ledger.journal import Record
from driver.core.ports import Say, World
from driver.core.rollout import rollout
from driver.core.rollout.move import Rolling
from driver.core.values.release import Kind, next_number
from driver.errors import NotReady
from model.releases import Pin


def adopt(world: World, port: Shapes, name: str, say: Say) -> Pin | None:
    """Make a release of the task definitions that the services run, under the app's lock; None where those are pinned.

    Nothing is rolled, since all of it runs; the engine's state and the ledger learn of it. Raises NotReady where what
    runs can be no release.
    """
    found, before = settled(world, port, name, say)
    check(found)
    if not any(row.what is Aspect.TASK for row in found.differences):
        return None
    services = {process: found.names.process(process).service for process in found.app.services}
    tasks = {process: before[service].task_definition for process, service in services.items() if service in before}
    pin = pin_of(world, found, tasks)
    rolling = Rolling(names=found.names, app=found.app, state=found.state, pin=pin, before=before)
    rollout.check(rolling, rollout.preview(world, rolling))
    record = Record.start(world, name, pin, Kind.ADOPTION)
    say(f"adopting what runs as {record.pin.version} of {name}; {found.state.pin.version} was pinned")
    rollout.roll(world, replace(rolling, pin=record.pin), record, say)
    return record.pin


def check(found: Drifted) -> None:
    """What follows from the settings can't be adopted beside a release. Raises NotReady."""
    others = [row for row in found.differences if row.what not in {Aspect.TASK, *SCALE}]
    if others:
        what = ", ".join(f"{row.what} of {row.process}" for row in others)
        cures = ", then ".join(dict.fromkeys(row.cure for row in others))
        raise NotReady(
            f"{what}: this follows from the settings, so it can't be adopted",
            hint=f"Put it back: {cures}. Then deploy the image that shall run.",
        )


def pin_of(world: World, found: Drifted, tasks: Mapping[str, str]) -> Pin:
    """The release that these task definitions are: one image of the app's and one config. Raises NotReady."""
    number = next_number(found.state.pin, world.ledger.releases(found.names.app))
    reached = found.state.pin.processes
    ran = running.read(world, found.names, Pin(release=number, tasks=dict(tasks), processes=reached))
    if ran.odd or ran.pin.bootstrap:
        raise _no_release(found, ran.odd or "it is the bootstrap image")
    config = ran.pin.config
    if config is not None and not world.secrets.has(found.names.secret, config):
        raise _no_release(found, f"version {config} of {found.names.secret} is gone")
    return ran.pin


def _no_release(found: Drifted, why: str) -> NotReady:
    env, name = found.names.env, found.names.app
    return NotReady(
        f"what {name} runs in {env} can be no release: {why}",
        hint=f"Deploy what shall run, or put back what was pinned: slipway drift {env} {name} --overwrite",
    )


def lines(found: Sequence[Drifted]) -> list[str]:
    """The scale that is there, as lines of the stack file's overrides; none where the catalogue says the same."""
    apps = [(row, _scaled(row)) for row in found if _scaled(row)]
    if not apps:
        return []
    told = ["  slipway:overrides:"]
    for row, processes in apps:
        told += [f"    {row.names.app}:", "      processes:"]
        told += [f"        {process}: {settings}" for process, settings in processes.items()]
    return told


def _scaled(found: Drifted) -> dict[str, str]:
    rows: dict[str, str] = {}
    for row in found.differences:
        match row.what, row.found:
            case Aspect.LIMITS, (least, most):
                rows[row.process] = f"{{scaling: {{min: {least}, max: {most}}}}}"
            case Aspect.COUNT, int() as count if found.app.services[row.process].scaling is None:
                rows[row.process] = f"{{count: {count}}}"
    return rows

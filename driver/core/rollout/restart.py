"""A restart: new tasks of what runs already. It is no release, so it is not in the ledger but in ECS's own history."""

from collections.abc import Mapping, Sequence

from driver.core.environment import meant
from driver.core.ports import Say, World
from driver.core.rollout.stay_up import stay_up
from driver.core.watch import settle
from driver.core.watch.explain import explain
from driver.core.watch.settle import Snapshot
from driver.core.watch.verdict import Verdict
from driver.core.watch.watch import Expectation, watch
from driver.errors import NotFound, NotReady, RolloutFailed, StillRolling
from model.names.names import AppNames
from model.settings.app import App


def chosen(names: AppNames, app: App, process: str | None) -> Sequence[str]:
    """The processes to restart: one, or all that are services. Raises NotFound."""
    if process is None:
        return list(app.services)
    if process not in app.services:
        known = ", ".join(app.services)
        raise NotFound(f"{names.app} has no service {process}; it has {known}", hint=meant(process, app.services))
    return [process]


def restart(
    world: World, names: AppNames, app: App, processes: Sequence[str], before: Snapshot, say: Say
) -> dict[str, str]:
    """Replace the tasks of these processes and watch; what each service runs. `before` is the app at rest.

    Raises NotReady, RolloutFailed, StillRolling.
    """
    services = [names.process(process).service for process in processes]
    missing = sorted(set(services) - set(before))
    if missing:
        raise NotReady(f"{', '.join(missing)}: not there", hint=f"Run `slipway up {names.env}` first.")
    runs = {name: before[name].task_definition for name in services}
    _check_registered(world, names, runs)
    known = frozenset(row.arn for name in services for row in before[name].rollouts)
    expectation = Expectation(cluster=names.env, task_definitions=runs, known=known, anew=True)
    for name in services:
        world.services.restart(names.env, name)
    follow(world, names, app, expectation, "restarted", say)
    return runs


def _check_registered(world: World, names: AppNames, runs: Mapping[str, str]) -> None:
    """ECS starts no deployment of what somebody has deregistered. Raises NotReady, Unreachable."""
    found = world.services.definitions(list(runs.values()))
    gone = [name for name, arn in runs.items() if arn not in found or not found[arn].active]
    if gone:
        raise NotReady(
            f"{', '.join(gone)}: the task definition that runs was deregistered, and ECS starts no more of it",
            hint=f"A release makes it anew: slipway deploy {names.env} {names.app} --config-only",
        )


def follow(world: World, names: AppNames, app: App, expectation: Expectation, done: str, say: Say) -> None:
    """Watch what was begun at ECS until every service has come up; `done` is what was begun, as in "was restarted".

    Raises RolloutFailed, StillRolling.
    """
    services = expectation.task_definitions
    judgements = watch(world, expectation, world.settings.deploy.timeout, say)
    if all(row.verdict is Verdict.SUCCEEDED for row in judgements.values()):
        workers = [names.process(key).service for key, process in app.services.items() if process.port is None]
        workers = [name for name in workers if name in services]
        judgements |= stay_up(world, expectation, judgements, workers, say)
    if any(row.verdict is Verdict.FAILED for row in judgements.values()):
        reason = explain(world, expectation, judgements)
        settle.at_rest(world, names, app, say)
        raise RolloutFailed(
            f"{names.app} could not be {done}: {reason}",
            hint="ECS keeps the tasks that were there before, as far as they still run.",
        )
    slow = [name for name, row in judgements.items() if row.verdict is Verdict.ROLLING]
    if slow:
        raise StillRolling(
            f"{', '.join(slow)}: ECS had not decided after {world.settings.deploy.timeout} s, and goes on",
            hint=f"Look: slipway status {names.env} {names.app}. To end it: slipway cancel {names.env} {names.app}",
        )

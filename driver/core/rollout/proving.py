"""Whether the processes of a release do what ECS says of them: they stay up, and there is a task that does."""

from collections.abc import Mapping, Sequence

from driver.core.ports import Say, ServiceState, World
from driver.core.rollout.move import Rolling
from driver.core.rollout.stay_up import stay_up
from driver.core.rollout.trial import Place, prove
from driver.core.watch.verdict import Judgement, moved
from driver.core.watch.watch import Expectation

Judgements = Mapping[str, Judgement]


def proven(
    world: World, rolling: Rolling, expectation: Expectation, judgements: Judgements, say: Say
) -> tuple[Judgements, Sequence[str]]:
    """What ECS called healthy and was not, and the processes that somebody has scaled to 0 meanwhile.

    A count of 0 proves nothing, and is said to.
    """
    states = world.services.describe(expectation.cluster, list(judgements))
    empty = [name for name, state in states.items() if state.desired == 0]
    workers = [rolling.services[name] for name, process in rolling.app.services.items() if process.port is None]
    failed = stay_up(world, expectation, judgements, [name for name in workers if name not in empty], say)
    # What is at 0, or somewhere else, only since the proof began is as little proven.
    states = world.services.describe(expectation.cluster, list(judgements))
    empty = [name for name, state in states.items() if state.desired == 0]
    failed = {**failed, **_taken_elsewhere(world, expectation, states)}
    if failed or not empty:
        return failed, ()
    if world.settings.deploy.prove:
        stack = world.stacks.read(rolling.names.env)
        place = Place(subnets=stack.private_subnets(), security_group=rolling.state.security_group)
        return prove(world, expectation, place, empty, say), ()
    say(f"  {', '.join(empty)}: not proven, since the count is 0; --prove starts one task to see")
    return {}, _emptied(rolling, empty)


def _taken_elsewhere(world: World, expectation: Expectation, states: Mapping[str, ServiceState]) -> Judgements:
    wanted, found = expectation.task_definitions, {}
    for name, row in states.items():
        if row.task_definition != wanted.get(name, row.task_definition):
            since = row.rollouts[0].created if row.rollouts else None
            found[name] = moved(row.task_definition, world.mover(expectation.cluster, name, since))
    return found


def _emptied(rolling: Rolling, empty: Sequence[str]) -> list[str]:
    """The processes whose count was more before, although nothing but a person takes their last task."""
    found = []
    for process, spec in rolling.app.services.items():
        service: ServiceState | None = rolling.before.get(rolling.services[process])
        falls = spec.scaling is not None and spec.scaling.min == 0
        if rolling.services[process] in empty and service is not None and service.desired > 0 and not falls:
            found.append(process)
    return found

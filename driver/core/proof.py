"""Proof for processes without a health check: ECS calls them healthy soon, so they must also stay up."""

from collections.abc import Mapping, Sequence

from driver.core.ports import Say, World
from driver.core.verdict import Judgement, Verdict, describe
from driver.core.watch import POLL, Expectation


def prove(world: World, expectation: Expectation, services: Sequence[str], say: Say) -> Mapping[str, Judgement]:
    """The services whose tasks stopped within the proof time, as failures; a count of 0 is called unproven."""
    seconds = world.settings.deploy.proof
    if not services or seconds == 0:
        return {}
    states = world.services.describe(expectation.cluster, services)
    for name, state in states.items():
        if state.desired == 0:
            say(f"  {name}: not proven, its count is 0")
    until = world.clock.now() + seconds
    say(f"  {', '.join(services)}: must stay up for {seconds} s")
    while True:
        failed = _fallen(world, expectation, services)
        left = until - world.clock.now()
        if failed or left <= 0:
            return failed
        world.clock.sleep(min(POLL, left))


def _fallen(world: World, expectation: Expectation, services: Sequence[str]) -> dict[str, Judgement]:
    found = {}
    for name in services:
        ours = expectation.task_definitions[name]
        stopped = [
            task
            for task in world.services.stopped_tasks(expectation.cluster, name, ours)
            if task.stop_code == "EssentialContainerExited"
        ]
        if stopped:
            found[name] = Judgement(Verdict.FAILED, f"did not stay up: {describe(stopped[0])}")
    return found

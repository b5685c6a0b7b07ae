"""Proof for processes without a health check: ECS calls them healthy soon, so they must also stay up."""

from collections.abc import Mapping, Sequence

from driver.core.ports import Say, World
from driver.core.watch.tolerate import Patience
from driver.core.watch.verdict import Judgement, Verdict, describe, of_rollout
from driver.core.watch.watch import POLL, Expectation

Judgements = Mapping[str, Judgement]


def stay_up(
    world: World, expectation: Expectation, judgements: Judgements, services: Sequence[str], say: Say
) -> Judgements:
    """The services whose new tasks stopped within the proof time, as failures.

    What runs on without a rollout was proven when it came up.
    """
    seconds = world.settings.deploy.proof
    fresh = [name for name in services if judgements[name].rollout is not None]
    if not fresh or seconds == 0:
        return {}
    until = world.clock.now() + seconds
    say(f"  {', '.join(fresh)}: must stay up for {seconds} s")
    patience = Patience(say)
    while True:
        failed = patience.ask(lambda: _fallen(world, expectation, judgements, fresh))
        left = until - world.clock.now()
        # The proof is a look that came back empty after the time was over, not one that had no answer.
        if failed or (failed is not None and left <= 0) or left < -world.settings.deploy.timeout:
            return failed or {}
        world.clock.sleep(POLL if failed is None else min(POLL, left))


def _fallen(world: World, expectation: Expectation, judgements: Judgements, services: Sequence[str]) -> Judgements:
    found = {}
    for name in services:
        rollout = judgements[name].rollout
        tasks = world.services.quick.stopped_tasks(expectation.cluster, name, expectation.task_definitions[name])
        exited = [task for task in tasks if task.stop_code == "EssentialContainerExited"]
        own = exited if rollout is None else of_rollout(exited, rollout)
        if own:
            reason = f"did not stay up: {describe(own[0])}"
            found[name] = Judgement(verdict=Verdict.FAILED, reason=reason, rollout=rollout)
    return found

"""A trial of processes that have no tasks: a deployment of a service at 0 completes without starting one."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from driver.core.ports import Say, TaskRequest, World
from driver.core.watch.tolerate import Patience
from driver.core.watch.verdict import Judgement, Verdict, describe
from driver.core.watch.watch import POLL, Expectation
from driver.errors import NotPlaced, Refused, Unreachable

PASSED = Judgement(verdict=Verdict.SUCCEEDED, reason="its trial stayed up")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a trial runs."""

    subnets: tuple[str, ...]
    security_group: str


@dataclass
class _Trial:
    """One task on trial; `since` is when it was first seen running."""

    task: str
    since: float | None = None


def prove(
    world: World, expectation: Expectation, place: Place, services: Sequence[str], say: Say
) -> Mapping[str, Judgement]:
    """The services whose one task did not stay up for the proof time, or become healthy by its own health check.

    Each trial has the command of its process; all are stopped at the end.
    """
    trials, failed = _start(world, expectation, place, services)
    for name in trials:
        say(f"  {name}: its count is 0; one task is started to prove it")
    deadline = world.clock.now() + world.settings.deploy.timeout
    try:
        return failed or _follow(world, expectation, trials, deadline, say)
    finally:
        _stop(world, expectation, trials, say)


def _follow(
    world: World, expectation: Expectation, trials: Mapping[str, _Trial], deadline: float, say: Say
) -> dict[str, Judgement]:
    """The first that failed, or none once all have passed."""
    open_, patience = dict(trials), Patience(say)
    while open_:
        for name, trial in list(open_.items()):
            judgement = patience.ask(partial(_look, world, expectation, trial))
            if judgement is PASSED:
                say(f"  {name}: proven: {PASSED.reason}")
                del open_[name]
            elif judgement is not None and judgement.verdict is Verdict.FAILED:
                return {name: judgement}
            elif world.clock.now() > deadline:
                return {name: Judgement(verdict=Verdict.FAILED, reason="its trial was not proven in time")}
        if open_:
            world.clock.sleep(POLL)
    return {}


def _start(
    world: World, expectation: Expectation, place: Place, services: Sequence[str]
) -> tuple[dict[str, _Trial], dict[str, Judgement]]:
    trials, failed = {}, {}
    for name in services:
        request = TaskRequest(
            cluster=expectation.cluster,
            task_definition=expectation.task_definitions[name],
            subnets=place.subnets,
            security_groups=(place.security_group,),
            started_by=f"slipway/trial/{name}",
            token=secrets.token_hex(32),
        )
        try:
            trials[name] = _Trial(world.tasks.run(request))
        except (NotPlaced, Refused) as error:
            what = "placed" if isinstance(error, NotPlaced) else "started"
            failed[name] = Judgement(verdict=Verdict.FAILED, reason=f"its trial could not be {what}: {error.message}")
    return trials, failed


def _look(world: World, expectation: Expectation, trial: _Trial) -> Judgement:
    state, now = world.tasks.describe(expectation.cluster, trial.task), world.clock.now()
    if state is None:
        # ECS shows a task that it has just started a little later.
        return Judgement(verdict=Verdict.ROLLING)
    if state.stopped is not None:
        return Judgement(verdict=Verdict.FAILED, reason=f"its trial did not stay up: {describe(state.stopped)}")
    if state.status == "RUNNING" and trial.since is None:
        trial.since = now
    if state.healthy or (trial.since is not None and now - trial.since >= world.settings.deploy.proof):
        return PASSED
    return Judgement(verdict=Verdict.ROLLING)


def _stop(world: World, expectation: Expectation, trials: Mapping[str, _Trial], say: Say) -> None:
    for name, trial in trials.items():
        try:
            world.tasks.stop(expectation.cluster, trial.task, "the trial of a release is over")
        except Unreachable as error:
            say(f"  {name}: its trial {trial.task} could not be stopped: {error.message}")

"""The driver killed with -9 at each step of a deploy: the next command finishes or reverts, says which, and goes on."""

import os
import signal
from dataclasses import dataclass

import pytest

from tests.faults.app_environment import APP, Town
from tests.sandbox_project import until_it_says

pytestmark = pytest.mark.engine

NOTHING_YET: list[str] = []
CUT_OFF = ["failed"]
REVERTED = ["succeeded", "failed"]
FINISHED = ["succeeded"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Where the driver is killed: at the first call of `operation` after it has said `after`.

    `verdicts` are what may follow, newest first. The engine outlives its driver for a moment, so after a kill in the
    middle of an update ECS may have moved one service, both or none.
    """

    service: str
    operation: str
    verdicts: tuple[list[str], ...]
    after: str = ""


STEPS = {
    "preflight": Step(service="ecr", operation="*", verdicts=(NOTHING_YET,)),
    "config": Step(service="secretsmanager", operation="PutSecretValue", verdicts=(NOTHING_YET,)),
    "number": Step(service="dynamodb", operation="TransactWriteItems", verdicts=(NOTHING_YET, CUT_OFF)),
    "release definition": Step(service="ecs", operation="RegisterTaskDefinition", verdicts=(CUT_OFF,)),
    "rollout definitions": Step(
        service="ecs", operation="RegisterTaskDefinition", verdicts=(CUT_OFF, REVERTED, FINISHED), after="rolling out"
    ),
    "services": Step(
        service="ecs", operation="UpdateService", verdicts=(CUT_OFF, REVERTED, FINISHED), after="rolling out"
    ),
    "watch": Step(service="ecs", operation="ListServiceDeployments", verdicts=(FINISHED, REVERTED), after="~ Service"),
    "proof": Step(service="ecs", operation="ListTasks", verdicts=(FINISHED,), after="must stay up"),
    "verdict": Step(service="dynamodb", operation="TransactWriteItems", verdicts=(FINISHED,), after="must stay up"),
    "unlock": Step(service="dynamodb", operation="PutItem", verdicts=(FINISHED,), after="must stay up"),
}


def kill_at(town: Town, step: Step, tag: str) -> None:
    town.image(tag)
    with town.started("deploy", "dev", APP, "--image", tag) as deploy:
        if step.after:
            until_it_says(deploy, step.after)
        # The call arrives all the same, a moment after its caller is gone.
        with town.fault(service=step.service, operation=step.operation, kind="delay", delay=1.5, count=1) as hold:
            hold.met()
            os.kill(deploy.pid, signal.SIGKILL)
            deploy.wait()


@pytest.mark.parametrize("name", STEPS)
def test_the_next_command_settles_what_a_killed_deploy_left(town: Town, name: str) -> None:
    was = town.tag_of(town.standing().pinned) or "good"
    before, tag = town.settled(was), "better" if was == "good" else "good"
    if name == "config":
        town.well("config", "set", "dev", APP, "GREETING", "--stdin", stdin="Good evening")
    kill_at(town, STEPS[name], tag)
    # A restart is no release, so what the ledger has afterwards is what it has settled. A heartbeat that was under way
    # when the driver died counts as a sign of life, hence the waiting.
    done = town.slipway("restart", "dev", APP, "worker", "--lock-wait", "30")
    verdicts = town.since(before)
    assert verdicts in STEPS[name].verdicts, done.stderr
    town.check(done, before, code=0, runs=tag if verdicts == FINISHED else was, verdicts=verdicts)
    if verdicts == CUT_OFF:
        assert "was cut off before anything ran it" in done.stderr
    if verdicts == REVERTED:
        assert "was cut off in the middle of its rollout: reverting to" in done.stderr
    if verdicts == FINISHED and name not in {"verdict", "unlock"}:  # those calls arrive after the driver's death
        assert "was never finished, but all processes run it: it has succeeded" in done.stderr

"""What makes a running task healthy, unhealthy or neither yet."""

import time
from pathlib import Path

import pytest

from sandbox.context import Context
from sandbox.emulator.ecs.health import Health, Judge
from sandbox.emulator.elbv2.targets import Address, State, Targets
from sandbox.emulator.patching.patch import Record

ADDRESS = Address("127.0.0.9", 8000)
BALANCERS = [{"targetGroupArn": "group", "containerPort": ADDRESS.port}]


@pytest.fixture
def targets() -> Targets:
    return Targets()


def judged(targets: Targets, *, running: float, **service: object) -> Health:
    context = Context(
        folder=Path(), endpoint="", region="", account="", pace=0.1, balancer_address=lambda: ""
    )  # fmt: skip
    task: Record = {"_running_since": time.monotonic() - running, "_container_ip": ADDRESS.host}
    return Judge(context, targets).verdict({"loadBalancers": [], **service}, task).health


def test_a_worker_without_checks_is_healthy_after_forty_paced_seconds(targets: Targets) -> None:
    assert judged(targets, running=3.9) is Health.PENDING
    assert judged(targets, running=4.1) is Health.HEALTHY


@pytest.mark.parametrize(
    ("state", "health"),
    [
        (State.INITIAL, Health.PENDING),
        (State.UNUSED, Health.PENDING),
        (State.HEALTHY, Health.HEALTHY),
        (State.UNHEALTHY, Health.UNHEALTHY),
    ],
)
def test_a_web_is_as_healthy_as_its_target(targets: Targets, state: State, health: Health) -> None:
    targets.register("group", ADDRESS).set(state)
    assert judged(targets, running=60, loadBalancers=BALANCERS) is health


def test_the_grace_period_is_paced_but_a_program_starts_in_real_time(targets: Targets) -> None:
    target = targets.register("group", ADDRESS)
    target.set(State.UNHEALTHY)
    service = {"loadBalancers": BALANCERS, "healthCheckGracePeriodSeconds": 60}
    assert judged(targets, running=15, **service) is Health.PENDING
    assert judged(targets, running=21, **service) is Health.UNHEALTHY
    target.answered = True
    assert judged(targets, running=5, **service) is Health.PENDING
    assert judged(targets, running=7, **service) is Health.UNHEALTHY

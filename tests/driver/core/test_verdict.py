import pytest

from driver.core.ports import Rollout, RolloutStatus, ServiceState, StoppedTask
from driver.core.verdict import Verdict, boot_loop, judge

OLD, NEW = "arn:api:1", "arn:api:2"


def rollout(arn: str, status: str, task_definition: str = NEW) -> Rollout:
    return Rollout(arn=arn, status=RolloutStatus(status), reason="", task_definition=task_definition)


def service(*rollouts: Rollout, runs: str = NEW) -> ServiceState:
    return ServiceState(name="api-web", task_definition=runs, desired=1, running=1, pending=0, rollouts=rollouts)


FORMER = rollout("former", "SUCCESSFUL", OLD)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("PENDING", Verdict.ROLLING),
        ("IN_PROGRESS", Verdict.ROLLING),
        ("STOP_REQUESTED", Verdict.ROLLING),
        ("ROLLBACK_REQUESTED", Verdict.ROLLING),
        ("ROLLBACK_IN_PROGRESS", Verdict.ROLLING),
        ("SUCCESSFUL", Verdict.SUCCEEDED),
        ("STOPPED", Verdict.FAILED),
        ("ROLLBACK_SUCCESSFUL", Verdict.FAILED),
        ("ROLLBACK_FAILED", Verdict.FAILED),
    ],
)
def test_every_word_of_ecs_has_its_verdict(status: str, verdict: Verdict) -> None:
    assert judge(service(rollout("new", status), FORMER), NEW, {"former"}).verdict is verdict


def test_success_of_another_deployment_is_not_ours() -> None:
    state = service(rollout("other", "SUCCESSFUL", OLD), FORMER, runs=OLD)
    assert judge(state, NEW, {"former"}).verdict is Verdict.FAILED


def test_an_old_success_on_our_task_definition_counts_only_when_it_runs_now() -> None:
    assert judge(service(FORMER, runs=OLD), OLD, {"former"}).verdict is Verdict.SUCCEEDED
    replaced = service(rollout("new", "SUCCESSFUL"), FORMER)
    assert judge(replaced, OLD, {"former", "new"}).verdict is Verdict.FAILED


def test_a_service_that_ecs_took_back_already_runs_the_former_release() -> None:
    state = service(rollout("new", "ROLLBACK_SUCCESSFUL"), FORMER, runs=OLD)
    assert judge(state, OLD, {"former", "new"}).verdict is Verdict.SUCCEEDED


def test_a_superseded_deployment_names_the_newer_one() -> None:
    state = service(rollout("newer", "IN_PROGRESS", "arn:api:3"), rollout("new", "STOPPED"), FORMER)
    judgement = judge(state, NEW, {"former"})
    assert judgement.verdict is Verdict.FAILED
    assert "superseded by newer" in judgement.reason


def stopped(reason: str, exit_code: int | None = 1, code: str = "EssentialContainerExited") -> StoppedTask:
    return StoppedTask(
        arn="arn:task/1",
        task_definition=NEW,
        stopped=None,
        stop_code=code,
        reason=reason,
        container_reason="",
        exit_code=exit_code,
    )


def test_three_like_failures_are_a_boot_loop_and_two_are_not() -> None:
    task = stopped("Essential container in task exited")
    assert boot_loop([task] * 2) is None
    assert boot_loop([task] * 3) == "Essential container in task exited; exit code 1"


def test_a_missing_image_is_certain_after_two() -> None:
    tasks = [stopped("CannotPullContainerError: not found", None, "TaskFailedToStart")] * 2
    assert "CannotPullContainerError" in str(boot_loop(tasks))


def test_tasks_that_ecs_scaled_in_are_no_failures() -> None:
    assert boot_loop([stopped("Scaling activity initiated by …", 0, "ServiceSchedulerInitiated")] * 5) is None


def test_different_addresses_in_a_reason_are_the_same_reason() -> None:
    tasks = [stopped(f"could not reach 10.0.0.{number}") for number in range(3)]
    assert boot_loop(tasks) is not None

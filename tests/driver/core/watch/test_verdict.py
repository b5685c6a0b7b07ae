from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from driver.core.ports import Rollout, RolloutStatus, ServiceState, StoppedTask
from driver.core.watch.verdict import Judgement, Verdict, boot_loop, claim, describe, judge, of_rollout
from tests.driver.core.scripted_services import crashed

OLD, NEW = "arn:api:1", "arn:api:2"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def rollout(arn: str, status: str, task_definition: str = NEW, returned_to: str = "") -> Rollout:
    return Rollout(
        arn=arn, status=RolloutStatus(status), reason="", task_definition=task_definition, returned_to=returned_to
    )


def service(*rollouts: Rollout, runs: str = NEW) -> ServiceState:
    return ServiceState(name="api-web", task_definition=runs, desired=1, running=1, pending=0, rollouts=rollouts)


def judged(state: ServiceState, task_definition: str, known: set[str]) -> Judgement:
    return judge(state, task_definition, claim(state, task_definition, known))


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
    assert judged(service(rollout("new", status), FORMER), NEW, {"former"}).verdict is verdict


def test_success_of_another_deployment_is_not_ours() -> None:
    state = service(rollout("other", "SUCCESSFUL", OLD), FORMER, runs=OLD)
    assert judged(state, NEW, {"former"}).verdict is Verdict.FAILED


def test_an_old_success_on_our_task_definition_counts_only_when_it_runs_now() -> None:
    assert judged(service(FORMER, runs=OLD), OLD, {"former"}).verdict is Verdict.SUCCEEDED
    replaced = service(rollout("new", "SUCCESSFUL"), FORMER)
    assert judged(replaced, OLD, {"former", "new"}).verdict is Verdict.FAILED


def test_a_service_that_ecs_took_back_already_runs_the_former_release() -> None:
    state = service(rollout("new", "ROLLBACK_SUCCESSFUL", returned_to=OLD), FORMER, runs=OLD)
    assert judged(state, OLD, {"former", "new"}).verdict is Verdict.SUCCEEDED


def test_an_update_that_ecs_does_not_show_yet_is_no_success_after_an_earlier_rollback() -> None:
    third = "arn:api:3"
    state = service(rollout("new", "ROLLBACK_SUCCESSFUL", returned_to=OLD), FORMER, runs=third)
    assert judged(state, third, {"former", "new"}).verdict is Verdict.FAILED


def test_the_same_task_definition_again_is_judged_by_its_own_deployment() -> None:
    failed = rollout("first", "ROLLBACK_SUCCESSFUL", returned_to=OLD)
    state = service(rollout("second", "IN_PROGRESS"), failed, FORMER)
    assert judged(state, NEW, {"former", "first"}).verdict is Verdict.ROLLING
    again = service(rollout("second", "ROLLBACK_SUCCESSFUL", returned_to=OLD), failed, FORMER, runs=OLD)
    assert judged(again, NEW, {"former", "first"}).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("later", "verdict"),
    [
        ("SUCCESSFUL", Verdict.SUCCEEDED),
        ("IN_PROGRESS", Verdict.ROLLING),
        ("ROLLBACK_SUCCESSFUL", Verdict.FAILED),
    ],
)
def test_a_later_deployment_of_our_task_definition_by_somebody_else_is_followed(later: str, verdict: Verdict) -> None:
    state = service(rollout("later", later), rollout("mine", "STOPPED"), FORMER)
    judgement = judged(state, NEW, {"former"})
    assert judgement.verdict is verdict
    assert judgement.rollout is not None and judgement.rollout.arn == "later"


def test_a_superseded_deployment_names_what_the_service_was_moved_to() -> None:
    state = service(rollout("newer", "IN_PROGRESS", "arn:api:3"), rollout("new", "STOPPED"), FORMER)
    judgement = judged(state, NEW, {"former"})
    assert judgement.verdict is Verdict.FAILED
    assert judgement.superseded
    assert judgement.reason == "somebody has moved it to arn:api:3 meanwhile"


def test_tasks_of_an_earlier_attempt_on_the_same_task_definition_do_not_count() -> None:
    mine = Rollout(arn="mine", status=RolloutStatus.IN_PROGRESS, reason="", task_definition=NEW, created=AT)
    earlier = [stopped("exited", created=AT - timedelta(minutes=5))] * 3
    assert boot_loop(of_rollout(earlier, mine)) is None
    assert boot_loop(of_rollout([*earlier, *[stopped("exited", created=AT)] * 3], mine)) is not None


def stopped(
    reason: str, exit_code: int | None = 1, code: str = "EssentialContainerExited", created: datetime | None = None
) -> StoppedTask:
    return StoppedTask(
        arn="arn:task/1",
        task_definition=NEW,
        stopped=None,
        stop_code=code,
        reason=reason,
        container_reason="",
        exit_code=exit_code,
        created=created,
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


def test_a_reason_has_names_in_place_of_arns() -> None:
    group = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/dev-shop-web-8000/0123456789abcdef"
    found = describe(replace(crashed(1), reason=f"Task failed ELB health checks in (target-group {group})"))
    assert found == "Task failed ELB health checks in target group dev-shop-web-8000; exit code 1"


def test_a_service_whose_history_ecs_has_forgotten_is_judged_by_its_own_word() -> None:
    quiet = replace(service(), completed=True)
    assert judged(quiet, NEW, set()) == Judgement(verdict=Verdict.SUCCEEDED, reason="runs it already")
    assert judged(quiet, OLD, set()).verdict is Verdict.ROLLING
    assert judged(service(), NEW, set()).verdict is Verdict.ROLLING

"""Rules of which task's end explains a failed rollout."""

from driver.core.ports import StoppedTask
from driver.core.watch.explain import telling

TAKEN_BACK = "Scaling activity initiated by rollback"


def task(name: str, code: int | None, stop: str = "EssentialContainerExited", reason: str = "it exited") -> StoppedTask:
    return StoppedTask(
        arn=name,
        task_definition="web:2",
        stopped=None,
        stop_code=stop,
        reason=reason,
        container_reason="",
        exit_code=code,
    )


def test_a_task_that_ecs_took_back_explains_nothing_where_one_has_crashed() -> None:
    rows = [task("taken", 143, "ServiceSchedulerInitiated", TAKEN_BACK), task("crashed", 1), task("older", 1)]
    assert telling(rows) == rows[1]


def test_a_task_that_never_started_explains_more_than_one_that_was_taken_back() -> None:
    rows = [task("taken", 143, "ServiceSchedulerInitiated", TAKEN_BACK), task("never", None, "TaskFailedToStart")]
    assert telling(rows) == rows[1]


def test_where_nothing_failed_the_newest_task_is_better_than_none() -> None:
    rows = [task("taken", 143, "ServiceSchedulerInitiated", TAKEN_BACK)]
    assert telling(rows) == rows[0]
    assert telling([]) is None

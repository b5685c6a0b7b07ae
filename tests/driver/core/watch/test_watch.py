from collections.abc import Mapping
from dataclasses import replace

import pytest

from driver.core.ports import LogLine, ServiceState
from driver.core.watch.explain import explain
from driver.core.watch.verdict import Judgement, Verdict
from driver.core.watch.watch import PATIENCE, POLL, Expectation, watch
from driver.errors import Unavailable
from tests.driver.core.scripted_services import AT, OLD, Board, Complaining, Script, crashed, rollout, service
from tests.fakes import FakeLogs

NEW = "arn:task-definition/dev-shop:2"
ROLLING = service(rollout("IN_PROGRESS"))
DONE = service(rollout("SUCCESSFUL"))
TAKEN_BACK = service(rollout("ROLLBACK_SUCCESSFUL", returned_to=OLD, stopped=True))


EXPECTED = Expectation(cluster="dev", task_definitions={"shop-web": NEW}, known={"former"})


def watched(script: Script, *, timeout: float = 600, anew: bool = False) -> tuple[Judgement, list[str]]:
    """The judgement on one service, and the story."""
    story: list[str] = []
    expectation = Expectation(cluster="dev", task_definitions={"shop-web": NEW}, known={"former"}, anew=anew)
    return watch(script.world, expectation, timeout, story.append)["shop-web"], story


def test_the_verdict_comes_with_the_first_look_after_ecs_has_decided() -> None:
    script = Script({0: ROLLING, 101: DONE})
    judgement, _story = watched(script)
    assert judgement.verdict is Verdict.SUCCEEDED
    assert script.clock.time - 101 <= POLL


def test_what_ecs_has_not_decided_when_the_time_is_up_is_rolling_and_no_failure() -> None:
    judgement, _story = watched(Script({0: ROLLING}), timeout=60)
    assert judgement.verdict is Verdict.ROLLING


def test_the_rollout_that_the_verdict_is_read_from_is_told_once() -> None:
    found: list[tuple[str, str]] = []
    expectation = Expectation(cluster="dev", task_definitions={"shop-web": NEW}, known={"former"})
    script = Script({0: service(), 4: ROLLING, 60: DONE})
    watch(script.world, expectation, 600, lambda _line: None, lambda name, arn: found.append((name, arn)))
    assert found == [("shop-web", "mine")]


@pytest.mark.parametrize("seconds", [20, 30, 300])
def test_aws_in_trouble_does_not_fail_a_rollout_and_is_told_once(seconds: float) -> None:
    trouble = Unavailable("AWS refused describing the services of dev: ThrottlingException: Rate exceeded")
    judgement, story = watched(Script({0: ROLLING, 3: trouble, 3 + seconds: ROLLING, 400: DONE}))
    assert judgement.verdict is Verdict.SUCCEEDED
    assert [line for line in story if "asking on" in line] == [f"{trouble.message}; asking on"]
    assert "AWS answers again" in story


def test_aws_in_trouble_until_the_time_is_up_is_still_rolling() -> None:
    judgement, _story = watched(Script({0: ROLLING, 3: Unavailable("no answer")}), timeout=60)
    assert judgement.verdict is Verdict.ROLLING


def test_three_like_failures_are_stopped_and_named() -> None:
    script = Script({0: service(rollout("IN_PROGRESS"), running=0)}, stopped=[crashed(n) for n in range(3)])
    script.after = TAKEN_BACK
    judgement, story = watched(script)
    assert script.taken_back == ["mine"]
    assert judgement.verdict is Verdict.FAILED
    assert judgement.reason == "its tasks kept stopping: Essential container in task exited; exit code 1"
    assert not judgement.cancelled
    assert any("asked ECS to go back" in line for line in story)


def test_two_like_failures_are_not_stopped() -> None:
    script = Script({0: service(rollout("IN_PROGRESS"), running=0), 20: DONE}, stopped=[crashed(1), crashed(2)])
    assert watched(script)[0].verdict is Verdict.SUCCEEDED
    assert script.taken_back == []


def test_a_boot_loop_that_ecs_can_not_take_back_is_a_failure_at_once() -> None:
    script = Script(
        {0: service(rollout("IN_PROGRESS"), running=0)}, stopped=[crashed(n) for n in range(3)], obeys=False
    )
    judgement, _story = watched(script)
    assert judgement.verdict is Verdict.FAILED
    assert script.clock.time <= 2 * POLL


def test_a_failing_task_is_told_once_with_its_last_lines() -> None:
    script = Script({0: service(rollout("IN_PROGRESS"), running=0), 20: DONE}, stopped=[crashed(1), crashed(2)])
    story: list[str] = []
    line = LogLine(at=1, stream="ecs/app/1", message="no database", id="a")
    lines = [line, replace(line, stream="ecs/app/2")]
    world = replace(script.world, logs=FakeLogs({"/ecs/dev-shop-web": lines}))
    expectation = Expectation(cluster="dev", task_definitions={"shop-web": NEW}, known={"former"})
    watch(world, expectation, 600, story.append)
    told = [line for line in story if "exit code 1" in line or "no database" in line]
    assert told == ["  shop-web: task 2: Essential container in task exited; exit code 1", "    no database"]


def test_a_rollout_that_somebody_stopped_is_cancelled() -> None:
    judgement, _story = watched(Script({0: ROLLING, 10: TAKEN_BACK}))
    assert judgement.verdict is Verdict.FAILED
    assert judgement.cancelled


def test_a_rollout_that_was_asked_to_go_back_may_still_succeed() -> None:
    judgement, _story = watched(Script({0: ROLLING, 10: service(rollout("ROLLBACK_REQUESTED")), 20: DONE}))
    assert judgement.verdict is Verdict.SUCCEEDED


def test_one_that_failed_ends_the_watch_while_others_roll_on() -> None:
    both: Mapping[str, ServiceState] = TAKEN_BACK | service(rollout("IN_PROGRESS", "other"), name="shop-worker")
    definitions = {"shop-web": NEW, "shop-worker": NEW}
    expectation = Expectation(cluster="dev", task_definitions=definitions, known={"former"})
    script = Script({0: both})
    judgements = watch(script.world, expectation, 600, lambda _line: None)
    assert [row.verdict for row in judgements.values()] == [Verdict.FAILED, Verdict.ROLLING]
    assert script.clock.time == 0


def test_no_deployment_is_a_failure_after_some_patience() -> None:
    script = Script({0: service()})
    judgement, _story = watched(script)
    assert judgement.verdict is Verdict.FAILED
    assert PATIENCE <= script.clock.time <= PATIENCE + POLL


def test_a_restart_is_no_success_before_ecs_shows_its_deployment() -> None:
    runs = {name: replace(row, task_definition=OLD) for name, row in service().items()}
    expectation = Expectation(cluster="dev", task_definitions={"shop-web": OLD}, known={"former"})
    assert watch(Script({0: runs}).world, expectation, 600, print)["shop-web"].verdict is Verdict.SUCCEEDED
    anew = replace(expectation, anew=True)
    assert watch(Script({0: runs}).world, anew, 600, print)["shop-web"].verdict is Verdict.FAILED
    mine = {name: replace(row, rollouts=(rollout("SUCCESSFUL", task_definition=OLD),)) for name, row in runs.items()}
    script = Script({0: runs, 6: mine})
    assert watch(script.world, anew, 600, print)["shop-web"].verdict is Verdict.SUCCEEDED
    assert script.clock.time >= 6


def test_what_the_load_balancer_says_is_told_once_and_is_part_of_the_reason() -> None:
    reason = "Target.ResponseCodeMismatch: Health checks failed with these codes: [404]"
    behind = {name: replace(row, target_groups=("arn:group",)) for name, row in ROLLING.items()}
    gone = service(rollout("ROLLBACK_SUCCESSFUL", reason="breaker", returned_to=OLD))
    story: list[str] = []
    world = replace(Script({0: behind, 20: gone}).world, targets=Complaining([reason]))
    expectation = Expectation(cluster="dev", task_definitions={"shop-web": NEW}, known={"former"})
    judgement = watch(world, expectation, 600, story.append)["shop-web"]
    assert [line for line in story if "Target." in line] == [f"  shop-web: a target is not healthy: {reason}"]
    assert judgement.reason == f"breaker ({reason})"


def test_protected_tasks_that_hold_a_rollout_up_are_named_after_a_minute() -> None:
    held = service(rollout("IN_PROGRESS"), old=1)
    script = Script({0: held, 200: DONE}, held=["abc until 2026-11-24 12:00 UTC"])
    _judgement, story = watched(script)
    told = [line for line in story if "protected" in line]
    assert told == ["  shop-web: held up by a protected task: abc until 2026-11-24 12:00 UTC"]
    assert not any("protected" in line for line in watched(Script({0: held, 40: DONE}, held=["abc"]))[1])


def test_protected_tasks_are_named_before_a_short_timeout_is_over() -> None:
    held = service(rollout("IN_PROGRESS"), old=1) | service(rollout("IN_PROGRESS"), old=1, name="shop-worker")
    script, story = Script({0: held}, held=["abc"]), list[str]()
    deploy = script.world.settings.deploy.model_copy(update={"timeout": 4})
    world = replace(script.world, settings=script.world.settings.model_copy(update={"deploy": deploy}))
    names = dict.fromkeys(held, NEW)
    watch(world, Expectation(cluster="dev", task_definitions=names, known={"former"}), 4, story.append)
    told = [line for line in story if "protected" in line]
    assert told == [f"  {name}: held up by a protected task: abc" for name in names]


def test_without_a_terminal_there_is_one_line_a_change() -> None:
    script = Script({0: service(), 4: service(rollout("IN_PROGRESS"), running=0), 8: ROLLING, 20: DONE})
    assert watched(script)[1] == [
        "     0 s  shop-web: rolling, 1 running, 0 pending, 0 failed of 1",
        "     4 s  shop-web: rolling, 0 running, 0 pending, 0 failed of 1",
        "     8 s  shop-web: rolling, 1 running, 0 pending, 0 failed of 1",
        "    20 s  shop-web: succeeded, 1 running, 0 pending, 0 failed of 1",
    ]


def test_on_a_terminal_the_table_is_shown_at_each_look_and_left_at_the_end() -> None:
    board, story = Board(), list[str]()
    said = "(service shop-web) has started 1 tasks: (task e5f6d1d3-5df9-4aab-a100-5c9669800165)."
    script = Script({0: service(rollout("IN_PROGRESS"), events=(said,)), 3: TAKEN_BACK})
    expectation = Expectation(cluster="dev", task_definitions={"shop-web": NEW}, known={"former"})
    watch(replace(script.world, screen=board), expectation, 600, story.append)
    rows = [shown[0] for shown in board.shown]
    assert [(row.state, row.elapsed, row.running) for row in rows] == [
        ("rolling", 0, 1),
        ("rolling", 2, 1),
        ("failed", 4, 1),
    ]
    assert rows[0].event == "has started 1 task."
    assert story == ["          shop-web: has started 1 task."]
    assert board.closed


def told_of(events: tuple[str, ...], *, verbose: bool) -> list[str]:
    """What the story tells of service events, which have their text for an id."""
    story: list[str] = []
    script = Script(
        {0: service(rollout("IN_PROGRESS"), events=events), 6: service(rollout("SUCCESSFUL"), events=events)}
    )
    expectation = Expectation(cluster="dev", task_definitions={"shop-web": NEW}, known={"former"})
    watch(replace(script.world, verbose=verbose), expectation, 600, story.append)
    return [line for line in story if line.startswith(" " * 10)]


def test_like_events_are_told_once_and_at_the_end_how_often_they_came() -> None:
    tasks = ("e5f6d1d3-5df9-4aab-a100-5c9669800165", "60ca9118-14f7-4cef-acae-070b425ec9e8")
    events = tuple(f"(service shop-web) has started 1 tasks: (task {task})." for task in tasks)
    assert told_of(events, verbose=False) == [
        "          shop-web: has started 1 task.",
        "          shop-web: 2 times: has started 1 task",
    ]


def test_whoever_wants_to_know_all_is_told_every_event_in_the_words_of_ecs() -> None:
    tasks = ("e5f6d1d3-5df9-4aab-a100-5c9669800165", "60ca9118-14f7-4cef-acae-070b425ec9e8")
    events = tuple(f"(service shop-web) has started 1 tasks: (task {task})." for task in tasks)
    assert told_of(events, verbose=True) == [f"          {event}" for event in reversed(events)]


def test_somebodys_new_deployment_of_the_same_is_followed_and_said_to_be() -> None:
    told: list[str] = []
    found: list[str] = []
    mine, theirs = rollout("STOPPED"), rollout("IN_PROGRESS", "theirs")
    script = Script(
        {
            0: service(rollout("IN_PROGRESS")),
            10: service(theirs, mine),
            20: service(rollout("SUCCESSFUL", "theirs"), mine),
        }
    )
    seen = watch(script.world, EXPECTED, 60, told.append, lambda _name, arn: found.append(arn))
    assert seen["shop-web"].verdict is Verdict.SUCCEEDED
    assert found == ["mine", "theirs"]
    assert len([line for line in told if "another deployment of the same; following that one" in line]) == 1


def test_somebodys_deployment_of_something_else_names_the_service_and_who_it_was_and_nothing_unrelated() -> None:
    other = rollout("IN_PROGRESS", "theirs", task_definition="arn:task-definition/dev-shop:7")
    script = Script({0: service(rollout("IN_PROGRESS")), 10: service(other, rollout("STOPPED"))})
    asked: list[tuple[str, str, object]] = []

    def mover(cluster: str, name: str, since: object) -> str:
        asked.append((cluster, name, since))
        return "mallory, 12:03"

    balancer = Complaining(["Target.FailedHealthChecks: Health checks failed"])
    world = replace(script.world, mover=mover, targets=balancer)
    seen = watch(world, EXPECTED, 60, lambda _line: None)
    assert seen["shop-web"].reason == "somebody has moved it to dev-shop:7 meanwhile, as far as is known mallory, 12:03"
    assert asked == [("dev", "shop-web", AT)]
    assert explain(world, EXPECTED, seen) == f"shop-web: {seen['shop-web'].reason}"

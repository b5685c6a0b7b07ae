from dataclasses import replace
from datetime import timedelta

import pytest

from driver.core.observe.top import Row, Watcher
from driver.core.values.metrics import Minutes
from driver.errors import NotFound, NotReady, Unreachable
from tests.driver.core.observe.boards import BEFORE, NOW, VALUES, FakeMetrics, environment, watcher, world


def web(**values: Minutes) -> Row:
    """The web process of the shop, with other values of its load balancer than usual."""
    changed = {(name, ""): minutes for name, minutes in values.items()}
    return watcher(FakeMetrics({**VALUES, **changed})).look().rows[0]


def test_a_row_is_of_the_newest_minute_that_is_over() -> None:
    first, second, third = watcher().look().rows
    assert (first.cpu, first.memory, first.requests, first.p95, first.errors) == (91.6, 41.2, 1234, 35.1, 2)
    # Where only the minute that goes on has a value, that is better than none.
    assert (second.cpu, second.memory, second.jobs, second.requests) == (3.4, None, 500, None)
    assert (third.app, third.running, third.desired) == ("till", None, None)


def test_without_requests_there_are_none_where_hosts_are_known_and_nobody_knows_where_they_are_not() -> None:
    none: Minutes = {}
    assert (web(RequestCount=none).requests, web(RequestCount=none).errors) == (0, 0)
    assert web(RequestCount=none, HealthyHostCount=none).requests is None
    assert web(HTTPCode_Target_5XX_Count={BEFORE - timedelta(minutes=1): 9.0}).errors == 0


def test_what_is_older_than_five_minutes_says_nothing_of_now() -> None:
    old = {NOW - timedelta(minutes=6): 50.0}
    assert watcher(FakeMetrics({("CPUUtilization", "shop-web"): old})).look().rows[0].cpu is None
    assert watcher().look().refused == {"dev-public": 3}


def test_values_are_asked_for_twice_a_minute_and_the_state_every_five() -> None:
    metrics, here = FakeMetrics(), world()
    watching = Watcher(here, metrics)
    for _ in range(61):
        watching.look()
        here.clock.sleep(5)
    assert len(metrics.asked) == 11
    assert here.stacks.reads == 2  # type: ignore[attr-defined]


def test_tasks_and_releases_are_shown_while_cloudwatch_is_away() -> None:
    metrics, here = FakeMetrics(), world()
    watching = Watcher(here, metrics)
    watching.look()
    metrics.down = True
    here.clock.sleep(40)
    board = watching.look()
    assert board.notes == ("no new metrics: AWS can't be reached: reading metrics",)
    assert (board.rows[0].running, board.rows[0].cpu) == (2, 91.6)
    assert board.releases["shop"].version == "v7"


def test_a_ledger_that_cannot_be_read_is_told_once() -> None:
    class Away:
        def releases(self, app: str, limit: int | None = None) -> None:
            raise Unreachable("the ledger can't be read", hint="Try again.")

    ledger: object = Away()
    board = Watcher(replace(world(), ledger=ledger), FakeMetrics()).look()  # type: ignore[arg-type]
    assert board.notes == ("no releases: the ledger can't be read",)
    assert len(board.rows) == 3


def test_one_app_alone_is_asked_about_alone() -> None:
    metrics = FakeMetrics()
    assert {row.app for row in watcher(metrics, "shop").look().rows} == {"shop"}
    assert len(metrics.asked[0]) == 2 * 2 + 4 + 1 + 1


def test_an_app_that_is_not_there_is_told_apart_from_one_that_is_not_up() -> None:
    with pytest.raises(NotFound, match="unknown app none; the catalogue has shop"):
        watcher(app="none").look()
    here = world()
    here.stacks.found = environment().model_copy(update={"apps": {}})  # type: ignore[attr-defined]
    with pytest.raises(NotReady, match="shop has no platform in dev yet"):
        Watcher(here, FakeMetrics(), "shop").look()

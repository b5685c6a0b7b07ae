"""Pictures of dashboards have every panel, what was measured, and a word for what was not."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from examples.dashboards_svg import MINUTE, Mark, Run, Verdict, draw, released, shown
from model.monitoring.dashboards.boards import boards
from tests.watched import watched

BEGAN = datetime.now(UTC) - timedelta(seconds=20 * MINUTE)


class CloudWatch:
    """It has CPU of one service, and requests, a value a minute."""

    def get_metric_data(self, MetricDataQueries: list[dict[str, Any]], **_: object) -> dict[str, Any]:  # noqa: N803
        (query,) = MetricDataQueries
        stat = query["MetricStat"]
        known = {"CPUUtilization": 40.0, "RequestCount": 7.0}
        value = known.get(stat["Metric"]["MetricName"])
        times = [BEGAN + timedelta(seconds=(minute + 0.5) * MINUTE) for minute in range(10)] if value else []
        return {"MetricDataResults": [{"Timestamps": times, "Values": [value] * len(times)}]}


def run() -> Run:
    """Ten minutes, a good release and a bad one."""
    marks = (Mark(1, 2, "v1", bad=False), Mark(4, 6, "v2", bad=True))
    verdicts = (Verdict(6, "dev-shop-web", "SERVICE_DEPLOYMENT_FAILED", "tasks failed to start"),)
    return Run(BEGAN, CloudWatch(), marks, verdicts)


def svg(run: Run) -> str:
    out = io.StringIO()
    draw(boards(watched("shop"))[1], run).savefig(out, format="svg")
    return out.getvalue()


def test_every_panel_is_there_and_it_says_that_it_is_no_grafana() -> None:
    drawn = svg(run())
    board = boards(watched("shop"))[1]
    assert [panel.title for panel in board.panels if panel.title not in drawn] == []
    assert "this is no Grafana" in drawn
    assert "no data in this run" in drawn
    assert "tasks failed to start" in drawn


def test_values_of_a_count_are_put_together_as_its_panel_does_and_others_are_left() -> None:
    panels = {panel.title: panel for panel in boards(watched("shop"))[1].panels}
    assert [value for _, value in shown(run(), panels["CPU"])["all tasks"]] == [40.0] * 10
    assert [value for _, value in shown(run(), panels["Requests a minute"])["all"]] == [7.0] * 10
    bare = next(panel for panel in boards(watched("shop", insights=False))[1].panels if panel.title == "Tasks")
    assert [value for _, value in shown(run(), bare)["running"]] == [40.0] * 10


def test_a_release_that_went_back_is_told_from_a_good_one() -> None:
    at = (BEGAN + timedelta(seconds=3 * MINUTE)).isoformat()
    rows = [
        {"release": 1, "started": at, "finished": at, "verdict": "succeeded", "kind": "deploy"},
        {"release": 2, "started": at, "finished": at, "verdict": "failed", "kind": "deploy"},
        {"release": 3, "started": at, "finished": at, "verdict": "succeeded", "kind": "rollback"},
    ]
    assert [(mark.name, mark.bad) for mark in released(run(), rows)] == [("v1", False), ("v2", True), ("v3", True)]

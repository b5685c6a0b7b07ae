"""Dashboards as values: names that stay, and panels that follow what there is."""

import re

import pytest

from model.monitoring.dashboards import cloudwatch
from model.monitoring.dashboards.board import Board, Cell, Panel, ReleasePanel, placed
from model.monitoring.dashboards.boards import UID, boards, folder_uid, uid
from model.monitoring.output import Dashboards, Monitoring
from tests.watched import watched


def panel(board: Board, title: str) -> Panel:
    """The first panel of that title."""
    return next(row for row in board.panels if row.title == title)


def whole(found: Monitoring) -> Board:
    return boards(found)[0]


def test_there_is_one_of_the_whole_and_one_of_each_app() -> None:
    assert [board.app for board in boards(watched("shop", "till"))] == [None, "shop", "till"]


def test_uids_stay_are_apart_by_account_and_region_and_fit_grafana() -> None:
    long = "a-very-long-name-of-an-app"
    found = [watched("shop", long), watched("shop", long, region="us-east-1"), watched("shop", long, account="2" * 12)]
    uids = [board.uid for one in found for board in boards(one)] + [folder_uid(one) for one in found]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]+", row) and len(row) <= UID for row in uids)
    # What is written down here is in the addresses that people keep.
    assert (uid(found[0], None), uid(found[0], "shop")) == ("dev-dbe9a4", "dev-dbe9a4-shop")


def test_thresholds_are_those_of_the_alarms_in_the_metric_s_own_unit() -> None:
    shop = boards(watched("shop"))[1]
    assert panel(shop, "CPU").limit is not None
    errors = panel(shop, "Errors by origin")
    assert (errors.limit.value if errors.limit else None, {row.period for row in errors.queries}) == (10, {300})
    disk = panel(whole(watched()), "Database: free disk").limit
    assert (disk.value, disk.below) == (10 * 1024**3, True) if disk else False


def test_an_older_program_that_tells_no_thresholds_has_dashboards_without_lines() -> None:
    found = watched("shop")
    plain = found.model_dump(mode="json", exclude_none=True)
    for alarm in [*plain["alarms"], *plain["apps"]["shop"]["alarms"]]:
        alarm.pop("threshold", None)
        alarm.pop("period", None)
    made = boards(Monitoring.model_validate(plain))
    assert all(panel.limit is None for board in made for panel in board.panels)


def test_without_container_insights_running_tasks_are_counted_by_what_tells_of_its_cpu() -> None:
    tasks = panel(boards(watched("shop", insights=False))[1], "Tasks")
    (query,) = tasks.queries
    assert (query.namespace, query.metric, query.stat) == ("AWS/ECS", "CPUUtilization", "SampleCount")
    assert "wanted" not in {row.label for row in tasks.series}


def test_what_is_not_there_has_no_panel() -> None:
    found = watched("shop").model_copy(update={"others": (), "dashboards": Dashboards()})
    bare = found.model_copy(
        update={"apps": {"shop": found.apps["shop"].model_copy(update={"queues": (), "others": ()})}}
    )
    titles = {panel.title for board in boards(bare) for panel in board.panels}
    assert not titles & {
        "Failed tasks",
        "Jobs",
        "Archive lag",
        "NAT: bytes out",
        "Database CPU",
        "Runs",
        "Starts that failed",
    }
    assert [row.title for row in whole(bare.model_copy(update={"apps": {}})).rows] == ["Alarms", "Account", "Releases"]


@pytest.mark.parametrize("apps", [1, 40, 300])
def test_dashboards_of_many_apps_are_what_cloudwatch_takes(apps: int) -> None:
    found = watched(*(f"app-{number}" for number in range(apps)))
    for body in cloudwatch.bodies(found).values():
        widgets = body["widgets"]
        assert isinstance(widgets, list)
        metrics = [len(widget["properties"].get("metrics", [])) for widget in widgets]
        assert (max(metrics) <= 500, sum(metrics) <= 2500, len(widgets) <= 500) == (True, True, True)


def test_no_panel_lies_over_another_and_all_are_on_the_grid() -> None:
    for body in cloudwatch.bodies(watched()).values():
        taken: set[tuple[int, int]] = set()
        for widget in body["widgets"]:  # type: ignore[attr-defined]
            columns = range(widget["x"], widget["x"] + widget["width"])
            cells = {(x, y) for x in columns for y in range(widget["y"], widget["y"] + widget["height"])}
            assert not cells & taken
            assert max(columns) < 24
            taken |= cells


def test_panels_of_other_kinds_leave_no_gap() -> None:
    row = whole(watched()).rows[-1]
    assert [cell for _, cell in placed(row, (ReleasePanel,), 5)] == [Cell(0, 5, 8, 8)]

"""What counts as a difference between what is built and what Grafana has."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from driver.core.dashboards.compare import differences, shortened

BUILT: dict[str, Any] = {
    "title": "shop",
    "schemaVersion": 41,
    "panels": [{"title": "CPU", "targets": [{"metricName": "A", "period": ""}], "min": 0}],
    "tags": ["slipway"],
}


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.update(id=7, version=3, schemaVersion=42, preload=False),
        lambda row: row["panels"][0].update(pluginVersion="13", min=0.0),
        lambda row: row["panels"][0]["targets"][0].update(sqlExpression=""),
    ],
)
def test_what_grafana_adds_is_none(change: Callable[[dict[str, Any]], object]) -> None:
    stored = copy.deepcopy(BUILT)
    change(stored)
    assert differences(BUILT, stored) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda row: row.update(title="mine"), "title: 'mine' there, 'shop' built"),
        (lambda row: row["panels"].append({}), "panels: 2 there, 1 built"),
        (lambda row: row["panels"][0]["targets"][0].update(metricName="B"), "panels[0].targets[0].metricName: 'B'"),
        (lambda row: row["panels"][0].pop("min"), "panels[0].min: nothing there, 0 built"),
        (lambda row: row.update(panels=None), "panels: 0 there, 1 built"),
        (lambda row: row["panels"].__setitem__(0, 5), "panels[0]: 5 there, an object built"),
        (lambda row: row.update(schemaVersion=30), "schemaVersion: 30 there"),
    ],
)
def test_what_somebody_changed_is_told_with_its_place(change: Callable[[dict[str, Any]], object], says: str) -> None:
    stored = copy.deepcopy(BUILT)
    change(stored)
    (found,) = differences(BUILT, stored)
    assert found.startswith(says)


def test_many_differences_are_counted() -> None:
    assert shortened([str(number) for number in range(9)]) == ["0", "1", "2", "3", "4", "and 4 more"]

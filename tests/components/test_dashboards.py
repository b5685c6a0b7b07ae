from typing import Any

import pytest

from components import dashboards
from model.settings.parse import parse

SETTINGS = {
    "apps": {"shop": {"processes": {"worker": {}}}},
    "network": {"cidr": "10.0.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"]},
}


@pytest.mark.parametrize(("cloudwatch", "scope"), [(False, None), (False, "shop"), (True, "shop")])
def test_there_are_none_unless_asked_for_and_a_run_for_one_app_leaves_them_alone(
    cloudwatch: bool, scope: str | None
) -> None:
    settings = parse("dev", "eu-west-1", {**SETTINGS, "dashboards": {"cloudwatch": cloudwatch}})
    unused: Any = None
    assert dashboards.build(settings, unused, scope) is None

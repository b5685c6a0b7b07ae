import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.iam import exec_sessions
from model.settings.capacity_providers import Capacity
from model.settings.environment import Settings
from model.settings.parse import parse
from tests.model.refusals import refusing


def settings(process: dict[str, Any], name: str = "worker", **more: object) -> Settings:
    apps = {"shop": {"processes": {"web": {"port": 8000}, name: process}}}
    return parse("dev", "eu-west-1", {"apps": apps, "network": {"zones": ["eu-west-1a", "eu-west-1b"]}, **more})


def test_a_process_has_weights_of_its_own_or_those_of_the_environment() -> None:
    found = settings({"capacity": {"fargate": 0, "spot": 1}}, capacity={"fargate": 3, "spot": 1})
    processes = found.apps["shop"].processes
    assert found.capacity_of(processes["worker"]).strategy == (("FARGATE_SPOT", 1),)
    assert found.capacity_of(processes["web"]).strategy == (("FARGATE", 3), ("FARGATE_SPOT", 1))


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_strategy_is_never_empty(fargate: int, spot: int) -> None:
    if fargate + spot:
        assert sum(weight for _name, weight in Capacity(fargate=fargate, spot=spot).strategy) == fargate + spot
    else:
        with pytest.raises(ValueError, match="give one of them a weight"):
            Capacity(fargate=fargate, spot=spot)


@pytest.mark.parametrize(
    ("process", "name", "more", "message"),
    [
        ({"capacity": {"fargate": 0}}, "worker", {}, "apps/shop/processes/worker/capacity: fargate and spot are both"),
        ({"capacity": {"spot": -1}}, "worker", {}, "apps/shop/processes/worker/capacity/spot: -1 will not do"),
        ({"capacity": {"spots": 1}}, "worker", {}, "apps/shop/processes/worker/capacity/spots: unknown key; did you"),
        ({"capacity": {"spot": 1}}, "release", {}, "apps/shop: release is a one-off task; it takes no capacity"),
        ({"exec": True}, "release", {}, "apps/shop: release is a one-off task; it takes no exec"),
        ({"exec": "often"}, "worker", {}, "apps/shop/processes/worker/exec: 'often' will not do"),
        ({}, "worker", {"cluster": {"insights": "some"}}, "cluster/insights: 'some' will not do"),
        ({}, "worker", {"cluster": {"insight": "off"}}, "cluster/insight: unknown key; did you mean insights?"),
    ],
)
def test_what_will_not_do_is_named_with_what_would(
    process: dict[str, Any], name: str, more: dict[str, Any], message: str
) -> None:
    with refusing() as refused:
        settings(process, name, **more)
    refused.says(message)


def test_a_session_writes_into_its_own_log_group_only() -> None:
    group = "arn:aws:logs:eu-west-1:1:log-group:/slipway/dev/exec"
    writing = json.loads(json.dumps(exec_sessions.policy(group)))["Statement"][1]
    assert writing["Resource"] == [f"{group}:*"]

import json
from collections.abc import Mapping
from typing import Any

import pytest

from components.freeze import Plan
from components.pending_changes import lines, weighed
from components.previous_state import Echo
from model import container_definition
from model.container_definition import Surroundings, definitions
from model.releases import BOOTSTRAP, Pin
from model.settings.capacity_providers import Capacity
from model.settings.environment import Settings
from model.settings.parse import parse

PIN = Pin(release=5, image=f"r/shop@sha256:{'a' * 64}", config="v-1", keys=("KEY",), processes=("web", "nightly"))
AROUND = Surroundings(region="eu-west-1", secret_arn="arn:secret", bootstrap_image="boot:1")
PROCESSES: dict[str, Any] = {
    "web": {"port": 8000, "memory": 1024, "sidecars": {"proxy": {"image": "envoy:1"}}},
    "nightly": {"command": ["clean"], "schedule": "rate(1 day)"},
}
BRINGS = "takes effect with the next release: slipway deploy dev shop --config-only"


def settings(**changes: Mapping[str, object]) -> Settings:
    processes = {name: {**PROCESSES.get(name, {}), **changes.get(name, {})} for name in {**PROCESSES, **changes}}
    given = {"apps": {"shop": {"processes": processes}}, "network": {"zones": ["eu-west-1a", "eu-west-1b"]}}
    return parse("dev", "eu-west-1", given)


def echo(pin: Pin = PIN) -> Echo:
    """What stands: the settings as they were, released with this pin."""
    known, registered = settings(), {}
    for name, process in known.apps["shop"].processes.items():
        body = definitions(known.names("shop").process(name), process, pin, AROUND)
        sizes = container_definition.sizes(process)
        registered[f"shop.{name}"] = {
            "cpu": str(sizes["cpu"]),
            "memory": str(sizes["memory"]),
            "runtimePlatform": {"cpuArchitecture": str(sizes["architecture"]).upper()},
            "containerDefinitions": json.dumps(body),
        }
    web = {
        "capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1.0}],
        "networkConfiguration": {"subnets": ["a", "b"]},
        "platformVersion": "1.4.0",
    }
    return Echo(pins={"shop": pin}, registered=registered, services={"shop.web": web})


def said(known: Settings, pin: Pin = PIN) -> list[str]:
    return lines(known, "shop", Plan(pin=pin, releasing=False, candidate=None), echo(pin))


def test_nothing_waits_where_the_settings_are_as_they_were() -> None:
    assert said(settings()) == [] and said(settings(), BOOTSTRAP) == []


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"web": {"sidecars": {"proxy": {"image": "envoy:2"}}}}, "shop.web: sidecars/proxy/image envoy:1 -> envoy:2"),
        ({"web": {"memory": 2048}}, "shop.web: memory 1024 -> 2048"),
        ({"web": {"command": ["serve"]}}, "shop.web: command none -> [serve]"),
        ({"web": {"platform_version": "1.3.0"}}, "shop.web: platform_version 1.4.0 -> 1.3.0"),
        ({"web": {"capacity": {"spot": 1}}}, "shop.web: capacity FARGATE 1 -> FARGATE 1 and FARGATE_SPOT 1"),
        ({"nightly": {"command": ["clean", "all"]}}, "shop.nightly: command [clean] -> [clean, all]"),
    ],
)
def test_whatever_waits_is_said_with_the_command_that_brings_it(changes: dict[str, Any], line: str) -> None:
    assert said(settings(**changes)) == [f"{line} {BRINGS}"]


def test_before_the_first_release_an_image_has_to_be_named() -> None:
    brings = BRINGS.replace("--config-only", "--image TAG")
    assert said(settings(web={"memory": 2048}), BOOTSTRAP) == [f"shop.web: memory 1024 -> 2048 {brings}"]
    assert said(settings(web={"sidecars": {}}), BOOTSTRAP) == [], "the bootstrap image has none"


def test_a_service_that_goes_waits_for_nothing_of_a_service_s() -> None:
    task = {"kind": "task", "command": ["run"]}
    known = settings(web=PROCESSES["web"], fixed=task)
    stood = echo()
    before = Echo(stood.pins, {}, stood.registered, {"shop.fixed": {"capacityProviderStrategies": []}})
    plan = Plan(pin=PIN.model_copy(update={"processes": ("fixed", "nightly", "web")}), releasing=False, candidate=None)
    assert lines(known, "shop", plan, before) == []


def test_a_new_process_is_said_to_wait_and_nothing_else_of_it() -> None:
    (line,) = said(settings(mailer={}))
    assert line == (
        "shop.mailer is new and waits on the bootstrap image for a release that has it:"
        " slipway deploy dev shop --image TAG"
    )


def test_other_weights_are_told() -> None:
    live = {"capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1.0}]}
    assert weighed(Capacity(), live) == []
    assert weighed(Capacity(spot=3), live) == ["capacity FARGATE 1 -> FARGATE 1 and FARGATE_SPOT 3"]

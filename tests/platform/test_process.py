import json
from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def mailer(whole: Whole) -> dict[str, Any]:
    service = whole.services("till-mailer")["till-mailer"]
    found: dict[str, Any] = whole.aws("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    return dict(found["taskDefinition"])


def test_a_process_runs_on_the_architecture_and_with_the_root_that_it_asks_for(whole: Whole) -> None:
    definition = mailer(whole)
    assert definition["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    container = definition["containerDefinitions"][0]
    assert container["readonlyRootFilesystem"] is True
    assert [row["containerPath"] for row in container["mountPoints"]] == ["/tmp"]
    assert container["logConfiguration"]["options"]["max-buffer-size"] == "8m"


def test_the_bootstrap_runs_without_sidecars(whole: Whole) -> None:
    assert [row["name"] for row in mailer(whole)["containerDefinitions"]] == ["app"]


def test_a_process_is_replaced_in_the_steps_that_it_asks_for(whole: Whole) -> None:
    services = whole.services("till-mailer", "till-web")
    found = services["till-mailer"]["deploymentConfiguration"]
    assert (found["minimumHealthyPercent"], found["maximumPercent"]) == (0, 100)
    assert services["till-mailer"]["platformVersion"] == "1.4.0"


def test_zones_are_rebalanced_for_web_only(whole: Whole) -> None:
    rows = whole.of_type("aws:ecs/service:Service")
    found = {name: row["inputs"]["availabilityZoneRebalancing"] for name, row in rows.items()}
    assert found["till.web"] == "ENABLED" and found["till.mailer"] == "DISABLED"


def test_what_a_service_is_made_of_holds_no_secret_value(whole: Whole) -> None:
    for row in whole.of_type("aws:ecs/taskDefinition:TaskDefinition").values():
        for container in json.loads(row["inputs"]["containerDefinitions"]):
            names = {entry["name"] for entry in container["environment"]}
            assert names <= {
                "SLIPWAY_ENV",
                "SLIPWAY_APP",
                "SLIPWAY_PROCESS",
                "SLIPWAY_RELEASE",
                "SLIPWAY_COMMIT",
                "PORT",
            }

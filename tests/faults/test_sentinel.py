import gzip
import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.faults.app_environment import APP, Town
from tests.faults.leaks import arguments_seen, places
from tests.sandbox_project import SENTINEL

pytestmark = pytest.mark.engine

CONTROL = "planted-control-4e1f9a"


def in_the_state(town: Town) -> None:
    town.aws("s3").put_object(
        Bucket=town.bucket, Key=".pulumi/history/slipway/dev/planted.json.gz", Body=gzip.compress(CONTROL.encode())
    )


def in_a_stack_file(town: Town) -> None:
    (town.project / "planted.yaml").write_text(f"config: {{slipway:planted: {CONTROL}}}\n")


def in_a_task_definition(town: Town) -> None:
    container = {"name": "app", "image": "none", "environment": [{"name": "PLANTED", "value": CONTROL}]}
    town.aws("ecs").register_task_definition(family="planted", containerDefinitions=[container])


def in_a_log_group(town: Town) -> None:
    logs, group = town.aws("logs"), f"/ecs/dev-{APP}-web"
    logs.create_log_stream(logGroupName=group, logStreamName="planted")
    logs.put_log_events(
        logGroupName=group, logStreamName="planted", logEvents=[{"timestamp": 1_760_000_000_000, "message": CONTROL}]
    )


def in_the_ledger(town: Town) -> None:
    body = {"app": {"S": "planted"}, "item": {"S": "planted"}, "body": {"S": json.dumps({"reason": CONTROL})}}
    town.aws("dynamodb").put_item(TableName="slipway-dev", Item=body)


def in_an_argument(town: Town) -> None:
    with arguments_seen(town):
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)", CONTROL], check=True)


def in_what_is_said(town: Town) -> None:
    town.slipway("deploy", "dev", CONTROL, "--config-only")


PLANTS = {
    "state": in_the_state,
    "project": in_a_stack_file,
    "task definition": in_a_task_definition,
    "log group": in_a_log_group,
    "ledger": in_the_ledger,
    "argv": in_an_argument,
    "said": in_what_is_said,
}


@pytest.mark.parametrize(("place", "plant"), PLANTS.items())
def test_the_search_finds_a_planted_control(town: Town, place: str, plant: Callable[[Town], None]) -> None:
    plant(town)
    assert [found for found in places(town, CONTROL) if found.startswith(place)] != []


def test_a_value_of_the_config_is_nowhere_after_releases_that_went_well_and_badly(town: Town) -> None:
    town.settled("good")
    with arguments_seen(town):
        assert town.slipway("config", "set", "dev", APP, "SECRET_KEY", "--stdin", stdin=SENTINEL).returncode == 0
        assert town.deploy(town.image("better")).returncode == 0
        assert town.deploy(town.image("sentinel-fails", release="fails")).returncode == 5
    assert any("deploy dev shop" in line for line in town.seen_arguments)
    assert places(town, SENTINEL) == []

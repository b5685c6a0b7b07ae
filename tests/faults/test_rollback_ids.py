"""Where ECS rolls a service back under a new deployment id, instead of the one that the good deployment had."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.emulator.ecs.deployments import ROLLBACK_ID
from tests.faults.opened import opened
from tests.faults.town import Town

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def other_town(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which ECS takes new ids; in all the others it reuses them."""
    os.environ[ROLLBACK_ID] = "new"
    try:
        with opened(tmp_path_factory.mktemp("other-town"), engine) as made:
            yield made
    finally:
        del os.environ[ROLLBACK_ID]


def test_a_rollback_under_a_new_id_is_a_failure_and_what_ran_before_runs_again(other_town: Town) -> None:
    before = other_town.settled("good")
    former = deployment(other_town)
    done = other_town.deploy(other_town.image("web-crashes", web="crashes"))
    other_town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert deployment(other_town) != former


def deployment(town: Town) -> str:
    """The `ecs-svc/` id under which web runs now."""
    return str(town.services("shop-web")["shop-web"]["deployments"][0]["id"])

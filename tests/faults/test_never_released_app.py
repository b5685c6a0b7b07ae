"""An app that has never been released; and where ECS rolls a service back under a new deployment id, instead of the one
that the good deployment had.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.emulator.ecs.deployments.deployments import ROLLBACK_ID
from tests.faults.app_environment import APP, Standing, Town
from tests.faults.fixtures import opened
from tests.sandbox_project import until_it_says

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def other_town(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which ECS takes new ids; in all the others it reuses them. Nothing has been released in it yet."""
    os.environ[ROLLBACK_ID] = "new"
    try:
        with opened(tmp_path_factory.mktemp("other-town"), engine, released=False) as made:
            yield made
    finally:
        del os.environ[ROLLBACK_ID]


@pytest.fixture
def unreleased(other_town: Town) -> Standing:
    """The app on the bootstrap image; the tests that want it come first."""
    found = other_town.standing()
    assert set(found.runs.values()) == {"bootstrap"}
    return found


def test_a_first_release_that_is_cut_off_half_way_goes_back_to_the_bootstrap_image(
    other_town: Town, unreleased: Standing
) -> None:
    with other_town.started("deploy", "dev", APP, "--image", other_town.image("web-sick", web="sick")) as deploy:
        until_it_says(deploy, f"{APP}-web: rolling")
        deploy.kill()
        done = other_town.slipway("cancel", "dev", APP)
    other_town.check(done, unreleased, code=0, runs="bootstrap", verdicts=["succeeded", "failed"])
    assert "was cut off in the middle of its rollout: reverting to the bootstrap image" in done.stderr


def test_a_first_release_that_does_not_come_up_goes_back_to_the_bootstrap_image(
    other_town: Town, unreleased: Standing
) -> None:
    done = other_town.deploy(other_town.image("worker-crashes", worker="crashes"))
    other_town.check(done, unreleased, code=6, runs="bootstrap", verdicts=["succeeded", "failed"])
    assert "no queue named parcels" in done.stderr
    gone = other_town.slipway("rollback", "dev", APP, "--yes")
    assert gone.returncode == 3, gone.stderr
    assert "there is no other good release of shop in dev to go back to" in gone.stderr


def test_a_rollback_under_a_new_id_is_a_failure_and_what_ran_before_runs_again(other_town: Town) -> None:
    before = other_town.settled("good")
    former = deployment(other_town)
    done = other_town.deploy(other_town.image("web-crashes", web="crashes"))
    other_town.check(done, before, code=6, runs="good", verdicts=["succeeded", "failed"])
    assert deployment(other_town) != former


def deployment(town: Town) -> str:
    """The `ecs-svc/` id under which web runs now."""
    return str(town.services("shop-web")["shop-web"]["deployments"][0]["id"])

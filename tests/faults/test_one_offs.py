"""One-off tasks of an app that has a release."""

import signal

import pytest

from tests.faults.app_environment import APP, Town
from tests.sandbox_project import ended, until_it_says

pytestmark = pytest.mark.engine

LINE = 'test -n "$SECRET_KEY" && echo "$SLIPWAY_APP $TONE" && exit 7'


def live(town: Town) -> list[str]:
    found: list[str] = town.aws("ecs").list_tasks(cluster="dev", family=f"dev-{APP}-run")["taskArns"]
    return found


def test_a_command_runs_with_the_releases_config_ends_with_its_own_code_and_ctrl_c_stops_the_task(town: Town) -> None:
    before = town.settled("good")
    with town.started("run", "dev", APP, "--process", "worker", "--", "sleep", "600") as endless:
        until_it_says(endless, f"as worker{chr(10)}")
        done = town.slipway("run", "dev", APP, "--env", "TONE=hello", LINE)
        assert (done.returncode, done.stdout) == (7, f"{APP} hello\n"), done.stderr
        listed = town.well("ps", "dev", APP)
        assert sum("run." in line and "(one-off)" in line for line in listed.splitlines()) == 1, listed
        endless.send_signal(signal.SIGTERM)
        stopped = ended(endless)
    assert stopped.returncode == 130, stopped.stderr
    assert "stopped, and the task with it: it ended" in stopped.stderr
    assert live(town) == []
    # What was registered for them is let go, and neither is in the state or touches what serves.
    ecs = town.aws("ecs")
    assert ecs.list_task_definitions(familyPrefix=f"dev-{APP}-run", status="ACTIVE")["taskDefinitionArns"] == []
    assert town.standing() == before

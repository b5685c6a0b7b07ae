"""One-off tasks of an app that has a release, and its maintenance."""

import signal
from pathlib import Path

import httpx
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


def test_an_app_in_maintenance_answers_503_with_its_page_until_it_is_off_whatever_up_does(
    town: Town, tmp_path: Path
) -> None:
    before, page = town.settled("good"), tmp_path / "down.html"
    page.write_text("<h1>down for tonight</h1>")
    town.well("maintenance", "on", "dev", APP, "--yes")
    town.well("maintenance", "on", "dev", APP, "--yes", "--page", str(page))
    town.well("up", "dev", "--yes")
    answer = httpx.get(town.url(APP))
    assert (answer.status_code, answer.text) == (503, page.read_text())
    assert answer.headers["content-type"].startswith("text/html")
    assert town.well("maintenance", "status", "dev", APP) == "web: in maintenance\n"
    assert "again" in town.well("maintenance", "off", "dev", APP)
    assert httpx.get(town.url(APP)).status_code == 200
    assert "was not in maintenance" in town.well("maintenance", "off", "dev", APP)
    assert town.standing() == before

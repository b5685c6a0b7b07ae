"""`slipway sandbox` as a person types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from driver import console
from driver.commands.sandbox import app
from driver.errors import Interrupted, NotReady
from tests.sandbox.sandbox_world import World

pytestmark = pytest.mark.sandbox


def type_in(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    if isinstance(result.exception, NotReady):
        raise result.exception
    return result.exit_code, result.stdout


def test_status_of_a_folder_without_a_sandbox_says_that_it_is_down(tmp_path: Path) -> None:
    assert type_in("status", "--dir", str(tmp_path)) == (0, f"down: no sandbox runs in {tmp_path}\n")
    code, shown = type_in("status", "--dir", str(tmp_path), "--json")
    assert (code, json.loads(shown)["up"]) == (0, False)


def test_down_of_a_folder_that_is_not_there_makes_none(tmp_path: Path) -> None:
    assert type_in("down", "--dir", str(tmp_path / "none")) == (0, "")
    assert not (tmp_path / "none").exists()


def test_what_is_thrown_away_is_said_before_and_asked_about_on_a_terminal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ["--dir", str(world.folder)]
    monkeypatch.setattr(console, "interactive", lambda: True)
    for word in ("down", "reset"):
        refused = CliRunner().invoke(app, [word, *place], input="n\n")
        assert isinstance(refused.exception, Interrupted)
        assert "This throws away 0 service(s) with 0 running task(s), and all else in its AWS" in refused.stderr
    assert type_in("status", *place)[1].startswith("up: ")


def test_status_for_scripts_names_urls_and_counts(world: World) -> None:
    code, shown = type_in("status", "--dir", str(world.folder), "--json")
    found = json.loads(shown)
    assert code == 0
    assert found["urls"]["aws"] == world.record.endpoint
    assert found["pid"] == world.record.pid
    assert set(found["memory"]) == {"sandbox", "vault", "tasks"}


def test_a_fault_is_added_listed_and_cleared(world: World) -> None:
    folder = ["--dir", str(world.folder)]
    assert (
        type_in("faults", "add", "--service", "ecs", "--kind", "delay", "--delay", "2", "--count", "3", *folder)[0] == 0
    )
    code, shown = type_in("faults", "list", *folder)
    assert code == 0
    assert shown.partition(": ")[2] == "delay of 2 s for ecs *, 3 more request(s)\n"
    assert type_in("faults", "clear", *folder)[0] == 0
    assert type_in("faults", "list", *folder) == (0, "No faults are in force.\n")


def test_a_quota_is_set_and_one_that_is_not_known_is_a_sentence(world: World) -> None:
    folder = ["--dir", str(world.folder)]
    assert type_in("quota", "fargate", "L-3032A538", "--value", "12", "--usage", "3", *folder)[0] == 0
    with pytest.raises(NotReady, match=r"refused the quota: .*L-0 does not exist"):
        type_in("quota", "fargate", "L-0", "--value", "1", *folder)


def test_up_refuses_a_pace_that_is_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_SANDBOX_PACE", "fast")
    with pytest.raises(NotReady, match="SLIPWAY_SANDBOX_PACE: 'fast' is not a number above 0"):
        type_in("up", "--dir", str(tmp_path), "--engine", str(tmp_path))


def test_up_names_an_engine_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no Pulumi engine is there"):
        type_in("up", "--dir", str(tmp_path), "--engine", str(tmp_path / "pulumi"))


def test_the_variables_spare_this_machine_from_a_proxy_beside_what_the_user_spares(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "corp.example")
    found = json.loads(type_in("env", "--dir", str(world.folder), "--json")[1])
    assert found["no_proxy"] == found["NO_PROXY"] == "corp.example,localhost,127.0.0.1,::1,127.0.0.0/8"

"""`slipway dashboards` as it is typed, against a Grafana that answers by HTTP."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from driver.cli import build
from driver.core.values.checkpoint import StackState
from driver.errors import ExitCode
from model.monitoring.output import Monitoring, plain
from tests.driver.adapters import fake_grafana
from tests.driver.adapters.fake_grafana import EDITOR, VIEWER, Grafana
from tests.projects import ROOT
from tests.watched import watched


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with fake_grafana.serving() as found:
        yield found


@dataclass
class Typed:
    """A project whose environment tells `watched`, and what is typed in it."""

    project: Path
    watched: Monitoring

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(build(), ["--project", str(self.project), "dashboards", *words])

    def settings(self, **found: Any) -> None:
        path = self.project / "Pulumi.dev.yaml"
        stack = yaml.safe_load(path.read_text())
        stack["config"] |= {f"slipway:{key}": value for key, value in found.items()}
        path.write_text(yaml.safe_dump(stack))


@pytest.fixture
def typed(tmp_path: Path, grafana: Grafana, monkeypatch: pytest.MonkeyPatch) -> Typed:
    for path in ROOT.glob("Pulumi*.yaml"):
        shutil.copy(path, tmp_path)
    made = Typed(tmp_path, watched())
    made.settings(notify={"grafana": {"url": grafana.url}})

    class Stacks:
        def read(self, _env: str) -> StackState:
            return StackState(outputs={"monitoring": plain(made.watched)})

    monkeypatch.setattr("driver.wiring._stacks", lambda *_: Stacks())
    monkeypatch.setenv("GRAFANA_TOKEN", EDITOR)
    return made


def test_a_push_fills_an_empty_grafana_and_the_next_one_writes_nothing(typed: Typed, grafana: Grafana) -> None:
    done = typed.run("push", "dev", "--yes")
    assert done.exit_code == ExitCode.OK, done.output
    titles = {row["title"] for row in grafana.dashboards.values()}
    assert titles == {"dev: overview", "shop in dev", "till in dev"}
    (folder,) = grafana.folders
    assert set(grafana.places.values()) == {folder}
    assert grafana.folders[folder]["title"] == "Slipway dev (eu-west-1)"
    grafana.requests.clear()
    again = typed.run("push", "dev")
    assert (again.exit_code, grafana.writes) == (ExitCode.OK, [])
    assert "Grafana has all dashboards of dev" in again.output
    assert typed.run("diff", "dev").exit_code == ExitCode.OK


def test_only_what_has_changed_is_written_and_its_uid_stays(typed: Typed, grafana: Grafana) -> None:
    typed.run("push", "dev", "--yes")
    uids = set(grafana.dashboards)
    (till,) = (uid for uid, row in grafana.dashboards.items() if row["title"] == "till in dev")
    grafana.edit(till, title="by hand")
    told = typed.run("diff", "dev")
    assert told.exit_code == ExitCode.DRIFTED
    assert "'by hand' there, 'till in dev' built" in " ".join(told.output.split())
    grafana.requests.clear()
    typed.run("push", "dev", "--yes")
    assert grafana.writes == [("POST", "/api/dashboards/db")]
    assert (grafana.dashboards[till]["title"], set(grafana.dashboards)) == ("till in dev", uids)
    assert grafana.dashboards[till]["version"] == 3


def test_a_dry_run_and_a_diff_write_nothing(typed: Typed, grafana: Grafana) -> None:
    dry = typed.run("push", "dev", "--dry-run", "--json")
    rows = json.loads(dry.stdout)
    assert [row["what"] for row in rows["dashboards"]] == ["new", "new", "new"]
    assert typed.run("diff", "dev").exit_code == ExitCode.DRIFTED
    assert grafana.writes == []


def test_without_a_terminal_nothing_is_written_unless_told_so(typed: Typed, grafana: Grafana) -> None:
    done = typed.run("push", "dev")
    assert (done.exit_code, grafana.writes) == (ExitCode.INVALID_INPUT, [])
    assert "--yes" in done.output


def test_an_app_that_left_is_told_of_and_removed_only_with_prune(typed: Typed, grafana: Grafana) -> None:
    typed.run("push", "dev", "--yes")
    # A namesake of another account is somebody else's.
    grafana.dashboards["dev-ffffff-old"] = {"title": "old", "version": 1, "tags": ["slipway", "env:dev"]}
    typed.watched = watched("shop")
    kept = typed.run("push", "dev", "--yes")
    assert (len(grafana.dashboards), "--prune" in kept.output) == (4, True)
    told = typed.run("diff", "dev")
    assert (told.exit_code, "push dev --prune" in told.output) == (ExitCode.DRIFTED, True)
    typed.run("push", "dev", "--yes", "--prune")
    assert {row["title"] for row in grafana.dashboards.values()} == {"dev: overview", "shop in dev", "old"}


def test_what_a_newer_grafana_writes_into_a_dashboard_is_no_change(typed: Typed, grafana: Grafana) -> None:
    grafana.newer = True
    typed.run("push", "dev", "--yes")
    assert typed.run("diff", "dev").exit_code == ExitCode.OK


def test_who_changed_a_dashboard_meanwhile_is_not_overwritten(typed: Typed, grafana: Grafana) -> None:
    typed.run("push", "dev", "--yes")
    shop, till = sorted(uid for uid in grafana.dashboards if uid.count("-") == 2)
    for uid in (shop, till):
        grafana.edit(uid, title="by hand")
    grafana.meddle = lambda: grafana.edit(shop, title="in between")
    done = typed.run("push", "dev", "--yes")
    assert done.exit_code == ExitCode.BUSY
    assert "somebody else changed the dashboard shop in dev" in done.output
    # One that is refused stops no other.
    assert (grafana.dashboards[shop]["title"], grafana.dashboards[till]["title"]) == ("in between", "till in dev")


def test_one_that_grafana_refuses_stops_no_other(typed: Typed, grafana: Grafana) -> None:
    uid = f"{next(iter(json.loads(typed.run('build', 'dev').stdout)))}-shop"
    grafana.refused = {uid}
    done = typed.run("push", "dev", "--yes")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "Cannot save provisioned dashboard" in done.output
    assert {row["title"] for row in grafana.dashboards.values()} == {"dev: overview", "till in dev"}


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("glsa_wrong", "does not take the token (401: Invalid API key)"),
        (VIEWER, "the token may not change the folder"),
    ],
)
def test_a_token_that_is_wrong_or_may_too_little_is_told_and_never_shown(
    typed: Typed, grafana: Grafana, monkeypatch: pytest.MonkeyPatch, token: str, says: str
) -> None:
    monkeypatch.setenv("GRAFANA_TOKEN", token)
    done = typed.run("push", "dev", "--yes")
    assert (done.exit_code, grafana.dashboards) == (ExitCode.UNREACHABLE, {})
    assert says in done.output
    assert token not in done.output


@pytest.mark.parametrize("token", ["", "a\nb"])
def test_no_token_is_no_request(
    typed: Typed, grafana: Grafana, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:  # fmt: skip
    monkeypatch.setenv("GRAFANA_TOKEN", token)
    done = typed.run("diff", "dev")
    assert (done.exit_code, grafana.requests) == (ExitCode.INVALID_INPUT, [])
    assert "GRAFANA_TOKEN" in done.output


@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        ((200, "text/html", b"<html>welcome</html>"), ExitCode.UNREACHABLE, "does not answer as a Grafana does"),
        ((200, "application/json", b'{"dashboard": 1}'), ExitCode.UNREACHABLE, "does not answer as a Grafana does"),
        ((302, "text/html", b""), ExitCode.UNREACHABLE, "answers 302"),
        ((404, "text/html", b"no such page"), ExitCode.UNREACHABLE, "answers 404"),
        ((502, "text/html", b"bad gateway"), ExitCode.UNREACHABLE, "has trouble (502)"),
        ((429, "application/json", b'{"message": "slow down"}'), ExitCode.UNREACHABLE, "429: slow down"),
    ],
)
def test_what_is_no_grafana_or_has_trouble_is_told(
    typed: Typed, grafana: Grafana, answer: tuple[int, str, bytes], code: ExitCode, says: str
) -> None:
    grafana.broken = answer
    done = typed.run("diff", "dev")
    assert (done.exit_code, says in " ".join(done.output.split())) == (code, True), done.output


def test_nobody_at_the_address_and_an_address_in_the_clear(typed: Typed) -> None:
    typed.settings(notify={"grafana": {"url": "http://127.0.0.1:9"}})
    assert "can't be reached" in typed.run("diff", "dev").output
    typed.settings(notify={"grafana": {"url": "http://grafana.example.com"}})
    done = typed.run("diff", "dev")
    assert (done.exit_code, "in the clear" in done.output) == (ExitCode.INVALID_INPUT, True)


def test_settings_without_a_grafana_name_the_way_out(typed: Typed) -> None:
    typed.settings(notify={})
    done = typed.run("push", "dev", "--yes")
    assert (done.exit_code, "slipway:notify" in done.output) == (ExitCode.NOT_READY, True)


def test_a_folder_whose_title_is_taken_and_one_that_gets_another(typed: Typed, grafana: Grafana) -> None:
    grafana.folders["theirs"] = {"uid": "theirs", "title": "Slipway dev (eu-west-1)", "version": 1}
    done = typed.run("push", "dev", "--yes")
    assert (done.exit_code, "slipway:dashboards" in done.output) == (ExitCode.INVALID_INPUT, True)
    typed.settings(dashboards={"folder": "Shops", "datasource": "aws-dev"})
    assert typed.run("push", "dev", "--yes").exit_code == ExitCode.OK
    typed.settings(dashboards={"folder": "Shops of dev", "datasource": "aws-dev"})
    assert typed.run("diff", "dev").exit_code == ExitCode.DRIFTED
    assert typed.run("push", "dev", "--yes").exit_code == ExitCode.OK
    assert sorted(row["title"] for row in grafana.folders.values()) == ["Shops of dev", "Slipway dev (eu-west-1)"]
    (shown,) = {row["templating"]["list"][0]["current"]["value"] for row in grafana.dashboards.values()}
    assert shown == "aws-dev"


def test_a_dashboard_that_was_moved_goes_back_into_the_folder(typed: Typed, grafana: Grafana) -> None:
    typed.run("push", "dev", "--yes")
    uid = next(iter(grafana.dashboards))
    ours, grafana.places[uid] = grafana.places[uid], "elsewhere"
    told = typed.run("diff", "dev", "--json")
    assert any(
        "folder: elsewhere there" in text
        for row in json.loads(told.stdout)["dashboards"]
        for text in row["differences"]
    )
    typed.run("push", "dev", "--yes")
    assert grafana.places[uid] == ours


def test_build_writes_a_file_for_each_or_all_to_stdout(typed: Typed, tmp_path: Path, grafana: Grafana) -> None:
    made = json.loads(typed.run("build", "dev").stdout)
    typed.run("build", "dev", "--output", str(tmp_path / "new" / "boards"))
    written = {path.stem: json.loads(path.read_text()) for path in (tmp_path / "new" / "boards").iterdir()}
    assert written == made
    assert {row["uid"] for row in made.values()} == set(made)
    bodies = json.loads(typed.run("build", "dev", "--format", "cloudwatch").stdout)
    assert set(bodies) == {"dev-eu-west-1", "dev-eu-west-1-shop", "dev-eu-west-1-till"}
    (tmp_path / "file").write_text("")
    done = typed.run("build", "dev", "--output", str(tmp_path / "file" / "x"))
    assert (done.exit_code, grafana.requests) == (ExitCode.INVALID_INPUT, [])

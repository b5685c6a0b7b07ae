"""`slipway network plan` as it is typed."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode
from tests.projects import ROOT, copied, edited


def project(folder: Path, mask: int) -> Path:
    with edited(copied(ROOT, folder, "dev") / "Pulumi.dev.yaml") as stack:
        stack["slipway:network"]["private_mask"] = mask
    return folder


def typed(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(build(), ["--project", str(folder), *words])


def test_a_plan_that_is_too_small_names_the_tier_and_who_must_learn_of_it(tmp_path: Path) -> None:
    done = typed(project(tmp_path, 28), "network", "plan", "dev")
    assert done.exit_code == 0
    assert "tiers: [{cidr: 10.1.0.0/23, mask: 24}]" in done.output
    assert "VPN routes and authorisation rules" in done.output


def test_a_script_reads_need_have_and_the_tier_to_add(tmp_path: Path) -> None:
    done = typed(project(tmp_path, 28), "network", "plan", "dev", "--json")
    answer = json.loads(done.stdout)
    assert answer["fits"] is False
    assert answer["add"] == {"cidr": "10.1.0.0/23", "mask": 24}
    assert answer["private"]["short"] == answer["private"]["need"] - answer["private"]["have"]


def test_mistakes_in_another_environment_stop_no_plan_of_this_one(tmp_path: Path) -> None:
    folder = copied(ROOT, project(tmp_path, 28), "prod")
    with edited(folder / "Pulumi.prod.yaml") as stack:
        stack["slipway:network"]["cidr"] = "10.1.0.0/16"
        stack["slipway:log_days"] = 31
    done = typed(folder, "network", "plan", "dev")
    assert done.exit_code == 0
    assert "tiers: [{cidr: 10.2.0.0/23, mask: 24}]" in done.output
    with edited(folder / "Pulumi.prod.yaml") as stack:
        stack["slipway:network"]["cidr"] = "10.1.0.0"
    done = typed(folder, "network", "plan", "dev")
    assert done.exit_code == 0
    assert "The blocks of prod are not known" in done.output


@pytest.mark.parametrize("words", [("up", "dev", "--yes"), ("up", "dev", "--dry-run"), ("preview", "dev")])
def test_a_plan_that_can_not_fit_is_refused_before_the_engine_is_asked(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = typed(project(tmp_path, 28), *words)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "has 11" in done.output

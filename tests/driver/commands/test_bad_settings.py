"""Settings that will not do, as they are typed into the two files: every command says so before it starts an engine."""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode
from model.settings.parse import merge
from tests.model.monitoring import test_alarms
from tests.model.settings import test_network, test_registry
from tests.model.settings.test_environment import BAD, GOOD
from tests.projects import ROOT, copied

ROWS: list[tuple[dict[str, Any], Sequence[str]]] = [
    *((change, said) for change, *said in BAD),
    *(({"alarms": change}, ("alarms", said)) for change, said in test_alarms.BAD),
    *(({"registry": change}, said) for change, *said in test_registry.BAD),
    *(({"network": {"zones": test_network.ZONES, **change}}, ("network", said)) for change, said in test_network.BAD),
]

COMMANDS = [
    ("preview", "dev"),
    ("destroy", "dev", "--yes"),
    ("deploy", "dev", "api", "--image", "v1"),
    ("rollback", "dev", "api", "--yes"),
]


def typed(folder: Path, change: dict[str, Any], *words: str) -> Result:
    """A command on a project with good settings and a change of them."""
    settings: Any = merge(copy.deepcopy(GOOD), change)
    config = {"aws:region": "eu-west-1", **{f"slipway:{key}": value for key, value in settings.items()}}
    copied(ROOT, folder)
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    project["config"] = {"apps": {"value": config.pop("slipway:apps")}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project, sort_keys=False))
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": config}))
    return CliRunner().invoke(build(), ["--project", str(folder), *words])


@pytest.mark.parametrize(("change", "said"), ROWS)
def test_a_bad_setting_never_reaches_the_engine(
    tmp_path: Path, calls: Path, change: dict[str, Any], said: Sequence[str]
) -> None:
    done = typed(tmp_path / "project", change, "up", "dev", "--yes")
    assert done.exit_code == ExitCode.INVALID_INPUT, done.output
    assert [words for words in said if words not in done.output] == [], done.output
    assert not calls.exists()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_no_command_takes_one_further(tmp_path: Path, calls: Path, words: tuple[str, ...]) -> None:
    assert typed(tmp_path / "project", BAD[0][0], *words).exit_code == ExitCode.INVALID_INPUT
    assert not calls.exists()


def test_good_settings_do_reach_it(tmp_path: Path, calls: Path) -> None:
    assert typed(tmp_path / "project", {}, "preview", "dev").exit_code != ExitCode.INVALID_INPUT
    assert calls.exists()


OF_OTHERS = {"apps": {"other": {"processes": {"web": {"cpu": 300}}}}}


@pytest.mark.parametrize("words", [*COMMANDS[2:], ("scale", "dev", "api", "web=2"), ("up", "dev"), ("destroy", "dev")])
def test_what_is_wrong_with_another_app_is_told_and_stops_what_is_about_all_alone(
    tmp_path: Path, calls: Path, words: tuple[str, ...]
) -> None:
    done = typed(tmp_path / "project", OF_OTHERS, *words)
    assert "apps/other/processes/web/cpu: 300 is not a Fargate size" in done.output
    assert "Traceback" not in done.output
    assert (done.exit_code == ExitCode.INVALID_INPUT) == (words[0] in {"up", "destroy"}), done.output

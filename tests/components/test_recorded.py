"""URNs and the names that AWS knows are state: whoever renames one deletes a thing in every environment."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.components.recording import RECORDED
from tests.projects import ROOT

ENVIRONMENTS = ("dev", "staging", "prod", "whole")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A process of its own: the SDK keeps what it runs in global variables.
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([sys.executable, "-m", "tests.components.recording", str(folder)], cwd=ROOT, check=True)
    return folder


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_no_type_token_no_logical_name_and_no_name_at_aws_changes(made: Path, env: str) -> None:
    recorded = set((RECORDED / f"{env}.txt").read_text().splitlines())
    now = set((made / f"{env}.txt").read_text().splitlines())
    gone, new = sorted(recorded - now), sorted(now - recorded)
    assert gone == [], f"{env}: an update would delete these in environments that stand, or make them anew"
    assert new == [], f"{env}: if they are meant, run `python -m tests.components.recording` and commit the diff"


def test_every_type_of_component_is_in_the_records() -> None:
    tokens = {
        line.split('"')[1]
        for path in (ROOT / "components").rglob("*.py")
        for line in path.read_text().splitlines()
        if line.startswith("TYPE = ")
    }
    recorded = (RECORDED / "whole.txt").read_text()
    assert len(tokens) > 20
    assert [token for token in sorted(tokens) if f"{token}::" not in recorded] == []

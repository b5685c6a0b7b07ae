"""What a shell offers, asked as bash asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SLIPWAY = str(Path(sys.executable).with_name("slipway"))
CATALOGUE = """
name: slipway
config:
  apps:
    value:
      shop: {processes: {web: {port: 8000}, worker: {}}}
      till: {processes: {clock: {}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(CATALOGUE)
    for env in ("dev", "staging", "prod"):
        (tmp_path / f"Pulumi.{env}.yaml").write_text("config: {}")
    return tmp_path


def offered(folder: Path, line: str) -> tuple[set[str], str]:
    """What is offered at the end of a line, and what is on stderr; nobody is logged in to AWS."""
    words = f"{line}.".split()
    asked = {"_SLIPWAY_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [SLIPWAY], env={**bare, **asked}, cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    return set(done.stdout.split()), done.stderr


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("slipway status ", {"dev", "staging", "prod"}),
        ("slipway deploy st", {"staging"}),
        ("slipway status dev ", {"shop", "till"}),
        ("slipway config get dev t", {"till"}),
        ("slipway restart dev shop ", {"web", "worker"}),
        ("slipway logs dev till -p ", {"clock", "web", "worker"}),
        ("slipway promote staging p", {"prod"}),
    ],
)
def test_names_are_completed_from_the_project_alone(project: Path, line: str, names: set[str]) -> None:
    found, said = offered(project, line)
    assert found == names
    assert said == ""


@pytest.mark.parametrize("line", ["slipway rollback dev shop v", "slipway releases show dev shop "])
def test_where_nobody_has_logged_in_no_release_is_offered_and_nothing_is_said(project: Path, line: str) -> None:
    assert offered(project, line) == (set(), "")


def test_outside_of_a_project_and_in_a_broken_one_nothing_is_said(tmp_path: Path) -> None:
    assert offered(tmp_path, "slipway status dev ") == (set(), "")
    (tmp_path / "Pulumi.yaml").write_text("config: [")
    assert offered(tmp_path, "slipway status dev ") == (set(), "")

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.platform.conftest import Whole
from tests.platform.terraform_plan import plan
from tests.projects import ROOT

pytestmark = pytest.mark.engine

SCANNER = Path(sys.prefix) / "scanner/bin/checkov"
ROW = re.compile(r"^\| (CKV2?_AWS_\d+) \|", re.MULTILINE)


def scanned(resources: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    """What the scanner says of some resources."""
    assert SCANNER.exists(), "the scanner is not installed: make scanner"
    path = folder / "plan.json"
    path.write_text(json.dumps(plan(resources)))
    command = [SCANNER, "--file", path, "--framework", "terraform_plan", "--output", "json", "--skip-download"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_everything_that_the_security_scanner_finds_is_named_with_its_reason(whole: Whole, tmp_path: Path) -> None:
    answer = scanned(whole.resources, tmp_path)
    failed: dict[str, list[str]] = {}
    for row in answer["results"]["failed_checks"]:
        failed.setdefault(f"{row['check_id']} {row['check_name']}", []).append(row["resource"])
    assert answer["summary"]["passed"] > 200, "it looked at next to nothing"
    named = set(ROW.findall((ROOT / "docs/security.md").read_text()))
    assert {text.split()[0] for text in failed} == named, failed


def test_the_scanner_sees_what_is_wrong(whole: Whole, tmp_path: Path) -> None:
    table = next(row for row in whole.resources if row["type"] == "aws:dynamodb/table:Table")
    broken = {**table, "inputs": {**table["inputs"], "pointInTimeRecovery": {"enabled": False}}}
    answer = scanned([broken], tmp_path)
    assert "CKV_AWS_28" in {row["check_id"] for row in answer["results"]["failed_checks"]}

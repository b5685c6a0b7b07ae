"""`slipway acceptance` in the sandbox: all promises hold, and neither it nor a killed one leaves anything."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.account_inventory import listing
from tests.projects import ROOT, copied
from tests.sandbox_project import Site, sandboxed

pytestmark = pytest.mark.engine

BY_AWS = {"task definition", "network interface", "cluster"}
"""What AWS goes on listing when it is gone, and what it makes and removes by itself."""


@pytest.fixture(scope="module")
def site(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sandboxed(tmp_path_factory.mktemp("acceptance"), engine, lambda folder: copied(ROOT, folder, "dev")) as site:
        yield site


def standing(site: Site) -> list[tuple[str, str]]:
    return sorted(row for row in listing(site.aws) if row[0] not in BY_AWS)


def test_all_promises_hold_in_the_sandbox_and_nothing_is_left(site: Site) -> None:
    before, file = standing(site), site.folder / "report.json"
    done = site.slipway("acceptance", "dev", "--yes", "--quiet", "--json", "--report", str(file), seconds=900)
    assert done.stdout, done.stderr
    told = json.loads(done.stdout)
    wrong = [row for row in told["findings"] if row["outcome"] != "held"]
    assert (wrong, done.returncode) == ([], 0), done.stderr
    assert set(told["promises"].values()) == {"held"}
    assert told["left"] == []
    assert json.loads(file.read_text()) == told
    assert standing(site) == before
    assert [key for key in site.state_keys() if told["env"] in key and "/stacks/" in key and ".bak" not in key] == []


def test_what_a_killed_run_leaves_is_swept(site: Site) -> None:
    before = standing(site)
    assert json.loads(site.well("acceptance", "dev", "--sweep", "--json")) == {"environments": [], "left": []}
    refused = site.slipway("acceptance", "dev", "--region", "us-gov-west-1", "--dry-run")
    assert (refused.returncode, "is in a partition of AWS that Slipway does not know" in refused.stderr) == (3, True)
    with site.started("acceptance", "dev", "--yes") as run:
        assert run.stderr is not None
        for line in run.stderr:
            if "release phase" in line:
                break
        run.send_signal(signal.SIGKILL)
    assert standing(site) != before
    again = site.slipway("acceptance", "dev", "--yes")
    assert (again.returncode, "--sweep" in again.stderr) == (4, True)
    told = json.loads(site.well("acceptance", "dev", "--sweep", "--yes", "--quiet", "--json"))
    assert (len(told["environments"]), told["left"]) == (1, [])
    assert standing(site) == before
    assert json.loads(site.well("acceptance", "dev", "--sweep", "--json")) == {"environments": [], "left": []}

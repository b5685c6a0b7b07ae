import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.daemon import lifecycle
from sandbox.daemon.shell_exports import environment
from sandbox.state_dir import Folder
from tests.projects import project_copy
from tests.sandbox_project import Site, sandboxed, until_it_says

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def empty(engine: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sandboxed(tmp_path_factory.mktemp("empty"), engine, project_copy) as made:
        yield made


def test_a_preview_of_an_empty_account_says_what_would_be_and_makes_nothing(empty: Site) -> None:
    assert "created" in empty.well("preview", "dev")
    assert [row for row in empty.aws("ec2").describe_vpcs()["Vpcs"] if not row["IsDefault"]] == []
    assert empty.aws("ecs").list_clusters()["clusterArns"] == []


def test_when_the_sandbox_dies_in_the_middle_of_an_up_the_next_ones_work(empty: Site) -> None:
    folder = empty.folder / "sandbox"
    record = lifecycle.current(Folder(folder.resolve()))
    assert record is not None
    with empty.started("up", "dev", "--yes") as up:
        told = until_it_says(up, "+ Cluster")
        os.kill(record.pid, signal.SIGKILL)
        # It would go on for minutes, and then against the next sandbox, which has the same address.
        empty.well("sandbox", "up", "--dir", str(folder))
        told += up.communicate(timeout=60)[1]
    assert up.returncode not in {0, 1}, told
    assert "error: " in told
    assert "Traceback" not in told
    again = replace(empty, environment={**os.environ, **environment(folder)})
    again.well("up", "dev", "--yes")
    assert set(again.services("example-web", "example-worker")) == {"example-web", "example-worker"}


def test_a_deploy_without_variables_says_where_they_belong(empty: Site) -> None:
    again = replace(empty, environment={**os.environ, **environment(empty.folder / "sandbox")})
    again.push("v1")
    done = again.slipway("deploy", "dev", "example", "--image", "v1")
    assert done.returncode == 4, done.stderr
    assert "there are no variables at secret/dev/example" in done.stderr
    assert "Traceback" not in done.stderr

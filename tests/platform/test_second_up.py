import json

import pytest

from tests.platform.conftest import Whole
from tests.projects import ROOT

pytestmark = pytest.mark.engine


def test_a_preview_of_what_is_up_changes_nothing(whole: Whole) -> None:
    done = whole.slipway("preview", "dev")
    assert done.returncode == 0, done.stderr
    assert "no changes" in done.stdout + done.stderr
    assert "takes effect with the next release" not in done.stderr


def test_the_state_says_nothing_of_the_machine_that_wrote_it(whole: Whole) -> None:
    ours = [
        row for row in whole.state()["resources"] if "slipway:components:" in row["urn"] and "awsx:" not in row["urn"]
    ]
    assert len(ours) > 100
    assert [row["urn"] for row in ours if "stackTrace" in row or "sourcePosition" in row] == []
    assert [row["urn"] for row in ours if str(ROOT) in json.dumps(row)] == []

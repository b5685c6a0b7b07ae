import pytest

from tests.whole.conftest import Whole

pytestmark = pytest.mark.engine


def test_a_preview_of_what_is_up_changes_nothing(whole: Whole) -> None:
    done = whole.slipway("preview", "dev")
    assert done.returncode == 0, done.stderr
    assert "no changes" in done.stdout + done.stderr
    assert "takes effect with the next release" not in done.stderr

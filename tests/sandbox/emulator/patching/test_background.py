"""What looks again and again goes on, whatever one look came to."""

import pytest

from sandbox.emulator.patching.background import take


def test_a_look_that_fails_is_logged_and_keeps_no_other_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    taken: list[str] = []

    def broken() -> None:
        raise RuntimeError("the table is gone")

    take("example", lambda: taken.append("one"), broken, lambda: taken.append("two"))
    assert taken == ["one", "two"]
    assert [(row.name, row.getMessage()) for row in caplog.records] == [("sandbox.example", "example: a look failed")]
    assert "the table is gone" in caplog.text

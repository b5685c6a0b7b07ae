from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from driver.core.values.moments import moment

AT = datetime(2026, 11, 29, 11, 51, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (UTC, "2026-11-29 11:51:13 UTC"),
        (ZoneInfo("Asia/Tokyo"), "2026-11-29 20:51:13 +0900"),
        (ZoneInfo("America/New_York"), "2026-11-29 06:51:13 -0500"),
        (ZoneInfo("Europe/London"), "2026-11-29 11:51:13 UTC"),
        (timezone(timedelta(hours=5, minutes=45)), "2026-11-29 17:36:13 +0545"),
    ],
)
def test_a_moment_names_its_zone(zone: ZoneInfo, text: str) -> None:
    assert moment(AT, zone) == text


def test_without_one_the_zone_is_the_one_that_the_user_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert moment(AT, seconds=False) == "2026-11-29 20:51 +0900"
    finally:
        monkeypatch.undo()
        time.tzset()

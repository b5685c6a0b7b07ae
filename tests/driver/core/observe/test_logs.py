from collections.abc import Sequence

import pytest

from driver.core.observe.logs import LATE, MINUTE, MOST, Row, Tail, latest, read
from driver.core.ports import LogLine
from driver.errors import NotReady, Unavailable, Unreachable
from tests.fakes import FakeLogs

GROUPS = {"web": "/ecs/dev-api-web", "worker": "/ecs/dev-api-worker"}
WEB, WORKER = GROUPS.values()
NOW = 1_800_000_000_000


def line(at: int, name: str) -> LogLine:
    return LogLine(at=at, stream="ecs/app/0123456789", message=name, id=name)


def messages(rows: list[Row]) -> list[str]:
    return [row.line.message for row in rows]


@pytest.fixture
def logs() -> FakeLogs:
    return FakeLogs(groups={WEB: [], WORKER: []})


def test_processes_are_merged_by_time(logs: FakeLogs) -> None:
    logs.groups[WEB] += [line(1, "a"), line(3, "c")]
    logs.groups[WORKER] += [line(2, "b"), line(4, "d")]
    rows = read(logs, GROUPS, 2)
    assert [(row.process, row.line.message) for row in rows] == [("worker", "b"), ("web", "c"), ("worker", "d")]


def test_a_process_without_a_log_group_does_not_hide_the_others(logs: FakeLogs) -> None:
    del logs.groups[WORKER]
    logs.groups[WEB].append(line(1, "a"))
    assert messages(read(logs, GROUPS, 0)) == ["a"]


def test_without_any_log_group_there_is_no_log() -> None:
    with pytest.raises(NotReady, match=WEB):
        read(FakeLogs(), GROUPS, 0)


def test_the_latest_lines_of_a_busy_app_are_read_from_a_short_span(logs: FakeLogs) -> None:
    logs.groups[WEB] += [line(NOW - MINUTE * number, f"m{number}") for number in range(9, 0, -1)]
    rows, start = latest(logs, GROUPS, NOW, 5)
    assert start == NOW - 10 * MINUTE
    assert len(rows) == 9
    assert len(logs.asked) == len(GROUPS)


def test_the_latest_lines_of_a_quiet_app_are_found_however_old_they_are(logs: FakeLogs) -> None:
    logs.groups[WEB] += [line(NOW - 30 * 1440 * MINUTE, "old"), line(NOW - 90 * MINUTE, "newer")]
    assert messages(latest(logs, GROUPS, NOW, 1)[0]) == ["newer"]
    assert messages(latest(logs, GROUPS, NOW, 5)[0]) == ["old", "newer"]


def test_what_follows_is_shown_once_and_late_lines_are_not_lost(logs: FakeLogs) -> None:
    logs.groups[WEB].append(line(NOW, "first"))
    rows = read(logs, GROUPS, 0)
    tail = Tail(logs, GROUPS, rows, 0, NOW)
    assert tail.more() == []
    logs.groups[WEB].append(line(NOW + 20_000, "second"))
    assert messages(tail.more()) == ["second"]
    logs.groups[WORKER].append(line(NOW + 20_000 - LATE, "late"))
    logs.groups[WEB].append(line(NOW + 20_000, "same moment"))
    assert messages(tail.more()) == ["late", "same moment"]
    assert tail.more() == []
    logs.groups[WEB].append(line(NOW + 500_000, "much later"))
    assert messages(tail.more()) == ["much later"]
    assert tail.more() == []


def test_following_shows_nothing_from_before_the_span_that_was_asked_for(logs: FakeLogs) -> None:
    logs.groups[WEB] += [line(NOW - 20_000, "before"), line(NOW - 5_000, "within")]
    rows = read(logs, GROUPS, NOW - 10_000)
    assert messages(rows) == ["within"]
    assert Tail(logs, GROUPS, rows, NOW - 10_000, NOW).more() == []


def test_following_an_app_that_is_silent_begins_now(logs: FakeLogs) -> None:
    tail = Tail(logs, GROUPS, [], NOW - 600 * MINUTE, NOW)
    tail.more()
    assert {since for _, since in logs.asked} == {NOW - LATE}


def test_lines_that_nobody_wants_do_not_count_and_a_flood_of_them_is_not_read_for_ever(logs: FakeLogs) -> None:
    wanted = [LogLine(at=NOW - 60 * MINUTE, stream="s", message="wanted", id="w")]
    logs.groups["web"] = wanted + [LogLine(at=NOW - 1, stream="s", message="no", id=f"{n}") for n in range(10)]
    rows, _start = latest(logs, {"web": "web"}, NOW, 1, lambda row: row.line.message == "wanted")
    assert "wanted" in messages(rows)
    logs.groups["web"] += [LogLine(at=NOW - 1, stream="s", message="no", id=f"m{n}") for n in range(MOST)]
    logs.asked.clear()
    latest(logs, {"web": "web"}, NOW, 2, lambda row: row.line.message == "wanted")
    assert logs.asked == [("web", NOW - 10 * MINUTE)]


class Shut(FakeLogs):
    """Logs of which one group can't be read."""

    shut = WORKER
    error: Unreachable = Unreachable("access denied")

    def group(self, group: str, since: int) -> Sequence[LogLine]:
        if group == self.shut:
            raise self.error
        return super().group(group, since)


def test_a_log_that_can_not_be_read_is_told_of_and_hides_no_other() -> None:
    told: list[str] = []
    logs = Shut(groups={WEB: [line(1, "a")], WORKER: []})
    assert messages(read(logs, GROUPS, 0, told.append)) == ["a"]
    assert told == ["note: the log of worker can't be read: access denied"]
    with pytest.raises(Unreachable, match="access denied"):
        read(logs, {"worker": WORKER}, 0)


def test_following_outlives_trouble_of_aws() -> None:
    logs = Shut(groups={WEB: [line(NOW + 1, "a")]})
    logs.shut, logs.error = WEB, Unavailable("asked too often")
    tail = Tail(logs, {"web": WEB}, [], NOW, NOW)
    assert tail.more() == []
    logs.shut = ""
    assert messages(tail.more()) == ["a"]

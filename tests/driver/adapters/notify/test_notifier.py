"""Rules of marks and hooks, against servers on this machine."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from driver.adapters.notify.http import Request, Untold, exchange
from driver.adapters.notify.notifier import Telling
from driver.core.values import notification
from driver.core.values.release import Kind, Release, Verdict
from model.releases import Pin
from model.settings.notify import Notify
from tests.driver.adapters.fake_receivers import TOKEN, Outside, listening

AT = datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)
BEGAN = round(AT.timestamp() * 1000)
RELEASE = Release(
    app="shop", pin=Pin(release=4, image=f"0/shop@sha256:{'a' * 64}"), kind=Kind.DEPLOY, who="me <x>", started=AT
)
STARTED = notification.note("dev", RELEASE)
END = RELEASE.model_copy(update={"verdict": Verdict.SUCCEEDED, "finished": AT + timedelta(seconds=90)})
SUCCEEDED = notification.note("dev", END)
FAILED = notification.note("dev", END.model_copy(update={"verdict": Verdict.FAILED, "reason": "web: it crashed"}))
HOOKS = [{"name": "team", "format": "slack"}, {"name": "audit", "format": "json", "events": ["started", "failed"]}]


@pytest.fixture
def outside() -> Iterator[Outside]:
    with listening() as made:
        yield made


class Told:
    """Everybody outside, and what was said of those who could not be told."""

    def __init__(self, outside: Outside, notify: object, patience: float = 10, **env: str) -> None:
        hook = f"{outside.url}/hook/sentinel-secret"
        known = {"GRAFANA_TOKEN": TOKEN, "SLIPWAY_WEBHOOK_TEAM": hook, "SLIPWAY_WEBHOOK_AUDIT": hook, **env}
        self.lines: list[str] = []
        self.marks = Telling(Notify.model_validate(notify), self.lines.append, known, patience)

    def of(self, *notes: notification.Note) -> list[str]:
        for note in notes:
            self.marks.tell(note)
        self.marks.finish()
        said, self.lines[:] = list(self.lines), []
        return said


def grafana(outside: Outside, **more: str) -> dict[str, object]:
    return {"grafana": {"url": outside.url, **more}}


def test_a_release_is_one_region_from_its_start_to_its_end(outside: Outside) -> None:
    told = Told(outside, grafana(outside))
    assert told.of(STARTED) == []
    assert outside.annotations[1] == {
        "id": 1,
        "time": BEGAN,
        "timeEnd": BEGAN,
        "text": STARTED.text.replace("<x>", "&lt;x&gt;"),
        "tags": ["slipway", "env:dev", "app:shop", "release:v4", "deploy"],
    }
    assert told.of(SUCCEEDED) == []
    assert list(outside.annotations) == [1]
    assert (outside.annotations[1]["time"], outside.annotations[1]["timeEnd"]) == (BEGAN, BEGAN + 90_000)


def test_a_release_that_failed_turns_red(outside: Outside) -> None:
    assert Told(outside, grafana(outside, dashboard="jcIIG-07z")).of(STARTED, FAILED) == []
    (mark,) = outside.annotations.values()
    assert mark["dashboardUID"] == "jcIIG-07z"
    assert "rollback" in mark["tags"]
    assert "deploy" not in mark["tags"]
    assert "web: it crashed" in mark["text"]


def test_a_region_that_a_killed_command_left_open_is_closed_by_another(outside: Outside) -> None:
    earlier = notification.note("dev", RELEASE.model_copy(update={"started": AT - timedelta(days=9)}))
    for note in (earlier, STARTED):
        assert Told(outside, grafana(outside)).of(note) == []
    assert Told(outside, grafana(outside)).of(FAILED) == []
    assert [row["timeEnd"] - row["time"] for row in outside.annotations.values()] == [0, 90_000]


def test_a_grafana_that_was_down_at_the_start_has_the_whole_region_at_the_end(outside: Outside) -> None:
    told = Told(outside, grafana(outside))
    outside.status = 500
    assert told.of(STARTED) == ["note: Grafana was not told of shop v4 (started): it answered 500"]
    outside.status = 200
    assert told.of(SUCCEEDED) == []
    assert outside.annotations[1]["time"] == BEGAN
    assert outside.annotations[1]["timeEnd"] == BEGAN + 90_000


def test_hooks_get_what_they_want_to_know_in_their_own_form(outside: Outside) -> None:
    assert Told(outside, {"webhooks": HOOKS}).of(STARTED, FAILED, SUCCEEDED) == []
    slack = [row for row in outside.posted if set(row) == {"text"}]
    facts = [row for row in outside.posted if set(row) != {"text"}]
    assert [row["text"] for row in slack] == [note.text.replace("<x>", "&lt;x&gt;") for note in (FAILED, SUCCEEDED)]
    assert [(row["event"], row["release"], row["text"]) for row in facts] == [
        ("started", 4, STARTED.text),
        ("failed", 4, FAILED.text),
    ]


@pytest.mark.parametrize(
    ("url", "env", "words"),
    [
        ("{}", {"GRAFANA_TOKEN": ""}, "there is no GRAFANA_TOKEN in the environment"),
        ("{}", {"GRAFANA_TOKEN": "glsa_sentinel_wrong"}, "it answered 401"),
        ("{}/elsewhere", {}, "its answer is not that of a Grafana"),
        ("http://127.0.0.1:9", {}, "it can't be reached (ConnectError)"),
        ("http://grafana.example.com", {}, "its address has to begin with https://"),
    ],
)
def test_a_grafana_that_cannot_be_told_is_one_line_without_a_secret(
    outside: Outside, url: str, env: dict[str, str], words: str
) -> None:
    told = Told(outside, {"grafana": {"url": url.format(outside.url)}}, **env)
    (line,) = told.of(STARTED, SUCCEEDED)
    assert "Grafana was not told of shop v4" in line
    assert words in line
    assert "sentinel" not in line


def test_a_hook_that_cannot_be_told_is_named_and_its_address_is_not(outside: Outside) -> None:
    outside.status = 503
    lines = Told(outside, {"webhooks": HOOKS}, SLIPWAY_WEBHOOK_AUDIT="").of(FAILED)
    assert lines == [
        "note: the hook team was not told of shop v4 (failed): it answered 503",
        "note: the hook audit was not told of shop v4 (failed): there is no SLIPWAY_WEBHOOK_AUDIT in the environment",
    ]


def test_who_is_slow_holds_up_neither_the_release_nor_the_others(outside: Outside) -> None:
    """Grafana answers nobody before the test is over: a thread for each tells them, and they need not be waited for."""
    with listening() as quick:
        told = Told(outside, {**grafana(outside), "webhooks": HOOKS[:1]}, SLIPWAY_WEBHOOK_TEAM=quick.url)
        outside.slow = True
        told.marks.tell(SUCCEEDED)
        threads = {thread.name for thread in threading.enumerate()}
        assert {"telling Grafana", "telling the hook team"} <= threads
        assert quick.heard.wait(60)
        assert len(quick.posted) == 1


def test_who_is_slow_does_not_hold_up_the_end_of_a_command(outside: Outside) -> None:
    outside.slow = True
    told = Told(outside, grafana(outside), patience=0)
    assert told.of(SUCCEEDED) == ["note: Grafana is slow and was not waited for"]


def test_a_request_ends_when_its_time_is_up(outside: Outside) -> None:
    outside.slow = True
    with pytest.raises(Untold, match="did not answer within"):
        exchange(Request(method="POST", url=outside.url, body={}), 0.2)


def test_what_went_wrong_besides_is_said_at_the_end(outside: Outside) -> None:
    told = Told(outside, {})
    told.marks.regret("the image of v4 could not be tagged")
    assert told.lines == []
    assert told.of() == ["note: the image of v4 could not be tagged"]
    assert outside.requests == []

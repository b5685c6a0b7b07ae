import json
import threading
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.queue_metrics import answers, logic
from functions.queue_metrics.answers import FORMS, HEADER, PATH, Answer, Unusable, followed, question, rows
from functions.queue_metrics.counting import Memory, count
from functions.queue_metrics.logic import Tasks
from functions.queue_metrics.plan import Worker, read
from functions.queue_metrics.tokens import Tokens
from sandbox.emulator.cloudwatch.alarm_state import judge
from tests.functions.queue_world import (
    TOKEN,
    Cloud,
    Reply,
    drips,
    floods,
    good,
    hangs,
    only_path,
    plan_of,
    says,
    serving,
    worker,
)

WORKER = Worker(process="worker", service="shop-worker", source="hirefire", measure="size", every=60, name="worker")


def answered(body: Any, status: int = 200) -> Answer:
    return Answer(status=status, body=body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize("key", ["value", "quantity"])
@pytest.mark.parametrize(("given", "read_as"), [(0, 0.0), (7, 7.0), (2.5, 2.5), (10**6, 1e6)])
def test_numbers_are_read_under_both_of_their_names(key: str, given: float, read_as: float) -> None:
    assert rows(answered([{"name": "worker", key: given}])) == {"worker": read_as}


@pytest.mark.parametrize("row", [{}, {"value": None}, {"quantity": None}])
def test_an_app_that_does_not_know_its_jobs_has_not_none(row: dict[str, Any]) -> None:
    assert rows(answered([{"name": "worker", **row}])) == {"worker": "does not know its jobs"}


@pytest.mark.parametrize("lie", ["7", True, [1], {"a": 1}, -1, 1e15, 10**400])
def test_a_lie_of_one_worker_leaves_the_others_as_they_are(lie: Any) -> None:
    found = rows(answered([{"name": "mailer", "value": lie}, {"name": "worker", "value": 3}]))
    assert found["worker"] == 3.0
    assert isinstance(found["mailer"], str)


def test_a_worker_that_is_named_twice_has_no_value() -> None:
    assert rows(answered([{"name": "a", "value": 1}, {"name": "a", "value": 2}])) == {"a": "names it twice"}


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000, b'[{"name": "a", "value": NaN}]', b"{}", b"[7]",
             b'[{"value": 1}]', b'[{"name": 7, "value": 1}]', b'[{"name": "a", "value": Infinity}]', b"null"],
)  # fmt: skip
def test_garbage_says_nothing_and_the_other_form_may_do(body: bytes) -> None:
    with pytest.raises(Unusable) as caught:
        rows(answered(body))
    assert caught.value.elsewhere


@pytest.mark.parametrize(("status", "elsewhere"), [(401, True), (403, True), (404, True), (500, False), (503, False)])
def test_what_an_app_refuses_is_tried_in_the_other_form_and_what_fails_is_not(status: int, elsewhere: bool) -> None:
    with pytest.raises(Unusable, match=str(status)) as caught:
        rows(answered(b"", status))
    assert caught.value.elsewhere is elsewhere


def test_each_form_has_the_token_in_one_place() -> None:
    asked = question("https://shop.example.com/", TOKEN, HEADER)
    assert (asked.url, asked.headers["HireFire-Token"]) == ("https://shop.example.com/hirefire", TOKEN)
    asked = question("https://shop.example.com/", "a/b", PATH)
    assert asked.url == "https://shop.example.com/hirefire/a%2Fb/info"
    assert "HireFire-Token" not in asked.headers
    assert TOKEN not in repr([question("https://x/", TOKEN, form) for form in FORMS])


@pytest.mark.parametrize("token", ["a\r\nHost: b", "schlüssel", " ", "\x00"])
def test_a_token_that_can_not_be_sent_is_told_and_not_shown(token: str) -> None:
    with pytest.raises(Unusable) as caught:
        question("https://shop.example.com/", token, HEADER)
    assert token.strip() == "" or token not in caught.value.why


@pytest.mark.parametrize(
    ("location", "ok"),
    [
        ("https://shop.example.com/hirefire/", True),
        ("/hirefire/", True),
        ("http://shop.example.com/hirefire", False),
        ("https://evil.example.com/hirefire", False),
        ("https://shop.example.com:8443/hirefire", False),
        ("", False),
        ("https://[::1", False),
    ],
)
def test_a_token_goes_to_no_other_host_and_never_in_the_clear(location: str, ok: bool) -> None:
    asked = question("https://shop.example.com/", TOKEN, HEADER)
    answer = Answer(status=301, body=b"", location=location)
    if ok:
        assert followed(asked, answer).url == "https://shop.example.com/hirefire/"
    else:
        with pytest.raises(Unusable):
            followed(asked, answer)


def test_a_redirect_to_https_is_followed() -> None:
    asked = question("http://shop.example.com/", TOKEN, HEADER)
    location = "https://shop.example.com/hirefire"
    assert followed(asked, Answer(status=308, body=b"", location=location)).url == location


def values(finding: float | str, tasks: Tasks | None, **more: Any) -> dict[str, float]:
    made = logic.of_worker("dev", "shop", Worker(**{**vars(WORKER), **more}), finding, tasks, 100.0)
    return {row["MetricName"]: row["Value"] for row in made}


def test_the_metrics_of_a_worker_at_work() -> None:
    found = values(30, Tasks(desired=4, running=3))
    assert found == {"Busy": 1, "Jobs": 30, "BacklogPerTask": 10, "WakeUp": 0}


def test_jobs_without_a_worker_wake_one() -> None:
    found = values(30, Tasks(desired=0, running=0))
    assert found == {"Busy": 1, "Jobs": 30, "BacklogPerTask": 30, "WakeUp": 1}
    assert values(0, Tasks(desired=0, running=0)) == {"Busy": 0, "Jobs": 0, "BacklogPerTask": 0, "WakeUp": 0}
    # One that starts has been woken already.
    assert values(30, Tasks(desired=1, running=0))["WakeUp"] == 0


def test_no_data_is_not_zero_and_keeps_a_worker_awake() -> None:
    assert values("answers 500", Tasks(desired=1, running=1)) == {"Busy": 1}


def test_without_its_tasks_a_worker_has_its_jobs_and_no_share_of_them() -> None:
    assert values(30, None) == {"Busy": 1, "Jobs": 30}


def test_a_latency_is_an_age_and_no_number_of_jobs() -> None:
    found = values(12.5, Tasks(desired=0, running=0), measure="latency")
    assert found == {"Busy": 1, "OldestJobAge": 12.5, "WakeUp": 1}


def test_values_between_the_minutes_are_kept_as_such() -> None:
    tasks = Tasks(desired=1, running=1)
    fast = logic.of_worker("dev", "shop", Worker(**{**vars(WORKER), "every": 20}), 3, tasks, 1.0)
    assert {row["StorageResolution"] for row in fast} == {1}
    assert not any("StorageResolution" in row for row in logic.of_worker("dev", "shop", WORKER, 3, tasks, 1.0))


def test_values_are_put_in_batches_that_cloudwatch_takes() -> None:
    data = [{"MetricName": str(index)} for index in range(1_201)]
    found = list(logic.batches(data))
    assert [len(batch) for batch in found] == [500, 500, 201]
    assert [row for batch in found for row in batch] == data


def test_only_the_fast_ones_are_counted_between_the_minutes() -> None:
    rows = [
        {"name": "shop", "workers": [worker(), worker(process="mailer", every=20)]},
        {"name": "till", "workers": [worker()]},
        {"name": "desk", "workers": [worker(every=30)]},
    ]
    plan = read({"env": "dev", "cluster": "dev", "limit": 15, "apps": rows})
    found = {at: {(app.name, each.process) for app in due.apps for each in app.workers} for at, due in plan.passes()}
    assert found == {
        0: {("shop", "worker"), ("shop", "mailer"), ("till", "worker"), ("desk", "worker")},
        20: {("shop", "mailer")}, 30: {("desk", "worker")}, 40: {("shop", "mailer")},
    }  # fmt: skip


REPORT = {"qd#mail": (5.0, 100.0), "qd#pack": (2.0, 100.0), "busy#mail": (1.0, 100.0), "qt#mail": (1500.0, 100.0)}


@pytest.mark.parametrize(
    ("given", "now", "expected"),
    [
        ({}, 110, 8.0),
        ({"queues": ("mail",)}, 110, 6.0),
        ({"measure": "latency"}, 110, 1.5),
        ({"queues": ("mail", "fax")}, 110, "has not reported fax lately"),
        ({}, 200, "has not reported its jobs lately"),
        ({"measure": "latency", "queues": ("pack",)}, 110, "has not reported its jobs lately"),
    ],
)
def test_what_an_app_reports_counts_for_a_while(given: dict[str, Any], now: float, expected: float | str) -> None:
    assert logic.reported(Worker(**{**vars(WORKER), **given}), REPORT, now) == expected


def test_a_busy_queue_alone_does_not_say_how_many_wait() -> None:
    assert isinstance(logic.reported(WORKER, {"busy#mail": (1.0, 100.0)}, 110), str)


BAD: dict[str, tuple[Reply, str]] = {
    "hangs": (hangs, "does not answer in time"),
    "garbage": (says(200, b"<html>"), "answers no JSON"),
    "fails": (says(500), "answers 500"),
    "redirects": (says(302, Location="/redirects/again"), "redirects more than once"),
    "floods": (floods, "answers more than 262,144 bytes"),
}


def test_a_hundred_apps_of_which_a_quarter_is_bad_are_counted_within_the_time_of_one() -> None:
    bad = {f"{kind}-{index}": reply for kind, (reply, _) in BAD.items() for index in range(5)}
    bad |= {f"redirects-{index}": says(302, Location=f"/redirects-{index}/again") for index in range(5)}
    fine = {f"app-{index}": good(index) for index in range(75)}
    cloud = Cloud()
    for name in (*fine, *bad):
        cloud.know(name)
        cloud.tasks[f"{name}-worker"] = Tasks(desired=2, running=2)
    with serving(fine | bad) as (base, _):
        plan, memory = plan_of(base, *fine, *bad, limit=4.0), Memory()
        tracemalloc.start()
        started = time.monotonic()
        outcome = count(plan, cloud.world(), memory)
        took = time.monotonic() - started
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert took < 4.0 + 2.0
    assert peak < 40_000_000
    assert set(outcome.seen) == set(fine)
    assert outcome.failed == {
        f"{kind}-{index}.worker": why for kind, (_, why) in BAD.items() for index in range(5)
    }  # fmt: skip
    assert {name: cloud.values(name)["Jobs"] for name in fine} == {f"app-{index}": index for index in range(75)}
    assert all(cloud.values(name) == {"Busy": 1} for name in bad)
    health = cloud.values()
    assert (health["AppsSeen"], health["AppsFailed"]) == (75, 25)
    assert health["SlowestApp"] >= 4.0
    # Whoever answers at once has its values long before those who hang have used up their time.
    early = [row for batch, at in zip(cloud.puts, cloud.when, strict=True) if at - started < 3.0 for row in batch]
    assert len({row["Dimensions"][1]["Value"] for row in early}) >= 75
    assert TOKEN not in json.dumps(outcome.plain())


def test_an_app_that_drips_is_cut_off() -> None:
    cloud = Cloud()
    cloud.know("shop")
    with serving({"shop": drips}) as (base, _):
        started = time.monotonic()
        outcome = count(plan_of(base, "shop", limit=1.0), cloud.world(), Memory())
    assert time.monotonic() - started < 2.0
    assert outcome.failed == {"shop.worker": "does not answer in time"}


def test_nobody_at_home_is_told() -> None:
    cloud = Cloud()
    cloud.know("shop")
    outcome = count(plan_of("http://127.0.0.1:9", "shop"), cloud.world(), Memory())
    assert outcome.failed == {"shop.worker": "can't be reached"}


def test_an_old_client_is_found_by_its_path_and_asked_that_way_from_then_on() -> None:
    cloud, memory = Cloud(), Memory()
    cloud.know("shop")
    cloud.tasks["shop-worker"] = Tasks(desired=1, running=1)
    with serving({"shop": only_path(7)}) as (base, server):
        for _ in range(2):
            assert count(plan_of(base, "shop"), cloud.world(), memory).seen == ["shop"]
        forms = [rest.replace(TOKEN, "token") for _, rest in server.asked]
    assert forms == ["hirefire", "hirefire/token/info", "hirefire/token/info"]
    assert cloud.values("shop")["Jobs"] == 7


def test_an_app_without_a_token_waits_and_is_no_failure() -> None:
    cloud = Cloud()
    outcome = count(plan_of("http://127.0.0.1:9", "shop"), cloud.world(), Memory())
    assert (outcome.failed, outcome.waiting) == ({}, ["shop"])
    assert cloud.values("shop") == {"Busy": 1}
    assert cloud.values()["AppsFailed"] == 0


def test_a_token_that_changed_is_looked_up_again_and_the_one_before_serves_while_a_release_rolls_out() -> None:
    cloud = Cloud()
    world = cloud.world()
    with serving({"shop": good(3)}) as (base, _):
        plan = plan_of(base, "shop")
        cloud.know("shop", "the-next-one")
        cloud.know("shop", stage="AWSPREVIOUS")
        assert count(plan, world, Memory()).seen == ["shop"]
        # It took the old one, which is used until it is refused.
        looks = cloud.looks
        assert count(plan, world, Memory()).seen == ["shop"]
        assert cloud.looks == looks
        cloud.secrets.clear()
        cloud.know("shop", "wrong")
        assert count(plan, cloud.world(), Memory()).failed == {"shop.worker": "answers 404"}


def test_a_secret_that_is_no_token_is_none() -> None:
    for text in ("", "[]", "7", "{", '{"HIREFIRE_TOKEN": 7}', '{"HIREFIRE_TOKEN": ""}'):
        assert Tokens(read=lambda _arn, _stage, text=text: text).of("shop") is None


def test_one_worker_of_an_app_that_has_no_value_leaves_the_other_its_own() -> None:
    cloud = Cloud()
    cloud.know("shop")
    both = [worker(), worker(process="mailer", service="shop-mailer", name="mailer")]
    with serving({"shop": good(4)}) as (base, _):
        row = {"name": "shop", "url": f"{base}/shop/", "secret": "shop", "workers": both}
        plan = read({"env": "dev", "cluster": "dev", "limit": 2, "apps": [row]})
        outcome = count(plan, cloud.world(), Memory())
    assert outcome.failed == {"shop.mailer": "does not name mailer"}
    assert cloud.values("shop")["Jobs"] == 4
    assert cloud.values("shop", "mailer") == {"Busy": 1}


def test_all_sources_are_counted_side_by_side() -> None:
    cloud, now = Cloud(), time.time()
    arn = "arn:aws:sqs:eu-west-1:1:jobs"
    cloud.queues[arn], cloud.reported["desk"] = 12, {"qd#mail": (9.0, now)}
    cloud.tasks = {"till-worker": Tasks(desired=0, running=0)}
    apps = [
        {"name": "till", "workers": [worker(service="till-worker", source="sqs", queue=arn)]},
        {"name": "desk", "workers": [worker(service="desk-worker", source="judoscale")]},
    ]
    plan = read({"env": "dev", "cluster": "dev", "limit": 2, "apps": apps, "table": "reports"})
    assert count(plan, cloud.world(), Memory()).seen == ["till", "desk"]
    assert cloud.values("till") == {"Busy": 1, "Jobs": 12, "BacklogPerTask": 12, "WakeUp": 1}
    assert cloud.values("desk") == {"Busy": 1, "Jobs": 9}


def test_a_part_of_aws_that_fails_takes_nothing_else_with_it() -> None:
    cloud = Cloud()
    cloud.know("shop")
    world = cloud.world()
    world.services = lambda _cluster, _names: (_ for _ in ()).throw(RuntimeError(TOKEN))
    world.messages = lambda _arn: threading.Event().wait(30)  # type: ignore[assignment, return-value]
    with serving({"shop": good(4)}) as (base, _):
        plan = plan_of(base, "shop", limit=1.0)
        queue = {"name": "till", "workers": [worker(service="till-worker", source="sqs", queue="arn:jobs")]}
        till = read({"env": "dev", "cluster": "dev", "limit": 1.0, "apps": [queue]}).apps
        outcome = count(type(plan)(**{**vars(plan), "apps": (*plan.apps, *till)}), world, Memory())
    assert outcome.failed == {
        "tasks": "could not be asked: RuntimeError", "till.worker": "does not answer in time",
    }  # fmt: skip
    assert cloud.values("shop") == {"Busy": 1, "Jobs": 4}


def test_the_age_of_values_grows_while_an_app_gives_none() -> None:
    cloud, memory = Cloud(), Memory()
    cloud.know("shop")
    memory.good["shop"] = time.monotonic() - 500
    count(plan_of("http://127.0.0.1:9", "shop"), cloud.world(), memory)
    assert cloud.values()["ValueAge"] >= 500
    with serving({"shop": good(4)}) as (base, _):
        count(plan_of(base, "shop"), cloud.world(), memory)
    assert cloud.values()["ValueAge"] < 5


def test_an_answer_is_never_shown() -> None:
    assert "s3cret" not in repr(answers.Answer(status=200, body=b"s3cret", location="s3cret"))


@pytest.mark.parametrize(
    ("findings", "sleeps"),
    [
        ([0.0, 0.0, 0.0], True),
        ([3.0, 0.0, 0.0, 0.0], True),
        ([0.0, "answers 500", 0.0], False),
        ([0.0, 0.0, "does not answer in time"], False),
        (["answers 500", 0.0, 0.0, 0.0], True),
        ([0.0, None, 0.0], False),
        ([0.0, 0.0, 1.0], False),
    ],
)
def test_a_worker_sleeps_when_zero_was_known_for_the_whole_of_its_quiet_time(
    findings: list[float | str | None], sleeps: bool
) -> None:
    """None is a minute in which nobody counted at all."""
    busy = [None if finding is None else values(finding, Tasks(desired=1, running=1))["Busy"] for finding in findings]
    assert (judge(busy[-3:], "LessThanThreshold", 1, 3, "notBreaching") == "ALARM") is sleeps


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["name", "value", "quantity", "x"]), inner),
    max_leaves=30,
)


@given(st.binary() | ANYTHING.map(lambda made: json.dumps(made).encode()) | st.text().map(str.encode))
def test_whatever_an_app_answers_is_values_reasons_or_unusable(body: bytes) -> None:
    try:
        found = rows(answered(body))
    except Unusable:
        return
    assert all(isinstance(value, str) or 0 <= value <= answers.REACHES for value in found.values())

import base64
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.queue_metrics.logic import reported
from functions.queue_metrics.plan import Worker
from functions.queue_receiver import logic
from functions.queue_receiver.logic import Refused, data, report, request

TOKEN = "s3cret"
NOW = 1_800_000_000


def event(path: str, body: Any, method: str = "POST", **headers: str) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    return {"rawPath": path, "headers": headers, "body": text, "requestContext": {"http": {"method": method}}}


def of_judoscale(*rows: Any) -> logic.Report:
    return report(request(event(f"/{TOKEN}/v3/reports", {"container": "a", "pid": 1, "metrics": list(rows)})))


def test_a_report_to_judoscale_has_its_token_in_the_path() -> None:
    found = request(event(f"/{TOKEN}/v3/reports", {}))
    assert (found.token, found.judoscale) == (TOKEN, True)
    assert TOKEN not in repr(found)


def test_queue_times_for_hirefire_have_it_in_a_header_however_that_is_written() -> None:
    for name in ("HireFire-Token", "hirefire-token"):
        found = request(event("/", {}, **{name: TOKEN}))
        assert (found.token, found.judoscale) == (TOKEN, False)


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [("/", "POST", {}), ("/", "GET", {"hirefire-token": TOKEN}), (f"/{TOKEN}/v2/reports", "POST", {}),
     ("//v3/reports", "POST", {}), (f"/{TOKEN}", "POST", {"hirefire-token": TOKEN}), ("/hirefire", "POST", {})],
)  # fmt: skip
def test_what_is_no_report_is_not_found(path: str, method: str, headers: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        request(event(path, {}, method, **headers))
    assert caught.value.status == 404


def test_jobs_by_queue_and_queue_times_of_requests_are_told_apart() -> None:
    found = of_judoscale(
        [NOW, 7, "qd", "mail"], [NOW, 2, "busy", "mail"], [NOW, 1500, "qt", "mail"], [NOW, 12, "qt", None],
        [NOW, 30, "at", None], [NOW, 80, "up", None],
    )  # fmt: skip
    assert found.jobs == {"qd#mail": 7, "busy#mail": 2, "qt#mail": 1500}
    assert found.waits == {12: 1}


def test_what_is_kept_is_what_the_counter_reads() -> None:
    kept = {
        name: (value, 100.0) for name, value in of_judoscale([NOW, 7, "qd", "a"], [NOW, 2, "busy", "a"]).jobs.items()
    }
    worker = Worker(process="w", service="s", source="judoscale", measure="size", every=60)
    assert reported(worker, kept, 110.0) == 9


@pytest.mark.parametrize(
    "row", [7, None, [], [1, 2, 3], [1, "7", "qd", "a"], [1, -1, "qd", "a"], [1, True, "qd", "a"], [1, 1, "qd", ""],
            [1, 1, "qd", "q" * 101], [1, 1, "qd", "\ud800"], [1, 1, "qd", 7], [1, 1, "xx", "a"],
            [1, 10**400, "qd", "a"],
            [1, "7", "qt", None], [1, 1, None, None], [1, 1, ["qd"], "a"], [1, 1, {}, "a"]],
)  # fmt: skip
def test_a_row_that_is_none_is_left_out_and_the_others_are_kept(row: Any) -> None:
    found = of_judoscale(row, [NOW, 3, "qd", "good"])
    assert found.jobs == {"qd#good": 3}
    assert found.waits == {}


def test_an_app_has_so_many_queues_and_no_more() -> None:
    found = of_judoscale(*([NOW, 1, "qd", f"q{index}"] for index in range(4_000)))
    assert len(found.jobs) <= logic.QUEUES * 3


def test_hirefires_seconds_are_counted_together() -> None:
    body = {"1800000000": [5, 5, 8.4], "1800000001": [5, "x", None, -1, 10**9], "x": 7}
    found = report(request(event("/", body, **{"HireFire-Token": TOKEN})))
    assert found.waits == {5: 3, 8: 1, logic.HOUR_MS: 1}


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "null", "[" * 100_000, '{"metrics": 7}', '{"metrics": {}}'])
def test_a_body_that_is_none_is_refused(body: str) -> None:
    with pytest.raises(Refused) as caught:
        report(request(event(f"/{TOKEN}/v3/reports", body)))
    assert caught.value.status == 400


def test_a_body_is_bounded_and_may_come_packed() -> None:
    with pytest.raises(Refused) as caught:
        request(event(f"/{TOKEN}/v3/reports", "x" * (logic.MOST + 1)))
    assert caught.value.status == 413
    packed = event(f"/{TOKEN}/v3/reports", base64.b64encode(b'{"metrics": []}').decode()) | {"isBase64Encoded": True}
    assert report(request(packed)).jobs == {}
    with pytest.raises(Refused):
        request(packed | {"body": "%%%"})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(ANYTHING)
def test_whatever_comes_is_a_report_or_refused(body: Any) -> None:
    for call in (event(f"/{TOKEN}/v3/reports", body), event(f"/{TOKEN}/v3/reports", {"metrics": body}),
                 event("/", body, **{"hirefire-token": TOKEN})):  # fmt: skip
        try:
            found = report(request(call))
        except Refused:
            continue
        assert all(value >= 0 for value in found.jobs.values())


def test_queue_times_go_to_cloudwatch_as_values_and_how_often_each_came() -> None:
    rows = data("dev", {"shop": Counter({index: index + 1 for index in range(200)}), "till": Counter({5: 2})})
    assert [len(row["Values"]) for row in rows] == [150, 50, 1]
    assert rows[2]["Counts"] == [2.0]
    assert {row["Dimensions"][1]["Value"] for row in rows} == {"shop", "till"}

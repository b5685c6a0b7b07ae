import base64
import gzip
import json
from typing import Any

import pytest

from functions.log_shipper.logic import malformed, parcels

AT = 1_795_000_000_000 // 300_000 * 300_000
"""The beginning of a window, in milliseconds."""


def row(number: int, after: int = 0, message: str = "GET / 200") -> dict[str, Any]:
    return {"id": f"{number:056}", "timestamp": AT + after, "message": message}


def delivery(*rows: dict[str, Any], kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    body = {"messageType": kind, "logGroup": "/ecs/dev-shop-web", "logStream": "ecs/app/1", "logEvents": list(rows)}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()}}


def lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(body).splitlines()]


def test_every_line_keeps_its_id_its_time_and_where_it_comes_from() -> None:
    [parcel] = parcels(delivery(row(1, message='{"status": 200, "path": "/ü"}')))
    assert lines(parcel.body) == [
        {
            "id": f"{1:056}",
            "timestamp": AT,
            "group": "/ecs/dev-shop-web",
            "stream": "ecs/app/1",
            "message": '{"status": 200, "path": "/ü"}',
        }
    ]


def test_a_line_goes_to_the_window_of_its_own_time() -> None:
    early, late = parcels(delivery(row(1, 299_999), row(2, 300_000)))
    assert [line["id"] for line in lines(early.body)] == [f"{1:056}"]
    assert [line["id"] for line in lines(late.body)] == [f"{2:056}"]
    assert early.key.startswith("raw/ecs/dev-shop-web/2026/")
    assert early.key.rsplit("/", 1)[0] < late.key.rsplit("/", 1)[0]


def test_a_delivery_that_is_repeated_replaces_its_own_object() -> None:
    assert parcels(delivery(row(1), row(2))) == parcels(delivery(row(1), row(2)))


def test_a_delivery_that_is_batched_differently_replaces_nothing() -> None:
    assert parcels(delivery(row(1), row(2)))[0].key != parcels(delivery(row(1)))[0].key


def test_unwanted_lines_are_left_out_and_make_no_empty_object() -> None:
    unwanted = delivery(row(1, message="GET /health/ 200"))
    assert parcels(unwanted, ["/health/"]) == []
    [parcel] = parcels(delivery(row(1, message="GET /health/ 200"), row(2)), ["/health/"])
    assert [line["id"] for line in lines(parcel.body)] == [f"{2:056}"]


def test_a_control_message_is_no_line() -> None:
    assert parcels(delivery(row(1), kind="CONTROL_MESSAGE")) == []


@pytest.mark.parametrize(
    "bad",
    [{}, {"id": "1"}, {"id": 7, "timestamp": AT, "message": "x"}, {"id": "1", "timestamp": None, "message": "x"}, 7],
)
def test_a_line_that_is_none_stops_no_other_and_is_counted(bad: Any) -> None:
    given = delivery(row(1), bad, row(2))
    [parcel] = parcels(given)
    assert [line["id"] for line in lines(parcel.body)] == [f"{1:056}", f"{2:056}"]
    assert (malformed(given), malformed(delivery(row(1)))) == (1, 0)

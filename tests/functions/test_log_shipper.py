import base64
import gzip
import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from functions.log_shipper import logic
from functions.log_store import raw_names

AT = 1_795_000_000_000 // 300_000 * 300_000
"""The beginning of a window, in milliseconds."""
EXAMPLES = int(os.environ.get("SLIPWAY_FUZZ", "600"))


def row(number: int, after: int = 0, message: str = "GET / 200") -> dict[str, Any]:
    return {"id": f"{number:056}", "timestamp": AT + after, "message": message}


def packed(body: Any) -> dict[str, Any]:
    text = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    return {"awslogs": {"data": base64.b64encode(gzip.compress(text, 1)).decode()}}


def told(*rows: Any, kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    return {"messageType": kind, "logGroup": "/ecs/dev-shop-web", "logStream": "ecs/app/1", "logEvents": list(rows)}


def delivery(*rows: Any, kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    return packed(told(*rows, kind=kind))


def shipped(event: Any, unwanted: tuple[str, ...] = ()) -> list[logic.Parcel]:
    """The objects with lines."""
    return [one for one in logic.shipment(event, unwanted).parcels if one.key.startswith("raw/")]


def aside(event: Any) -> list[Any]:
    """What was set aside of it."""
    parcels = [one for one in logic.shipment(event).parcels if one.key.startswith("aside/deliveries/")]
    return [json.loads(one.body) for one in parcels]


def lines(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(body).split(b"\n")[:-1]]


def all_ids(event: Any) -> list[str]:
    return [line["id"] for one in shipped(event) for line in lines(one.body)]


@pytest.mark.parametrize("blank", [False, True], ids=["as CloudWatch writes it", "with blanks"])
@pytest.mark.parametrize("message", ['{"status": 200, "path": "/ü"}', '\x1b[0m "},{"id":" \\', "\ud83d", "", "a\nb\r"])
def test_every_line_keeps_its_id_its_time_its_text_and_where_it_comes_from(message: str, blank: bool) -> None:
    body = told(row(1, message=message), row(2))
    [parcel] = shipped(packed(json.dumps(body).encode() if blank else body))
    assert lines(parcel.body)[0] == {**row(1, message=message), "group": "/ecs/dev-shop-web", "stream": "ecs/app/1"}
    assert all_ids(packed(body)) == [f"{1:056}", f"{2:056}"]


def test_how_a_delivery_is_written_makes_no_difference_to_its_lines() -> None:
    body = told(row(1, message="ü"), row(2, message='"},{"id":"3"'))
    other = json.dumps({**body, "more": 1}, indent=1, ensure_ascii=False).encode()
    assert [lines(one.body) for one in shipped(packed(body))] == [lines(one.body) for one in shipped(packed(other))]


def test_a_line_goes_to_the_window_of_its_own_time() -> None:
    late, early = row(1, 300_000), row(2, 299_999)
    parcels = shipped(delivery(late, early, row(3, 300_001)))
    assert [[line["id"][-1] for line in lines(one.body)] for one in parcels] == [["2"], ["1", "3"]]
    assert parcels[0].key.startswith("raw/ecs/dev-shop-web/2026/")
    assert parcels[0].key.rsplit("/", 1)[0] < parcels[1].key.rsplit("/", 1)[0]


def test_a_name_tells_stream_ids_and_number_of_lines_and_fits_the_bytes() -> None:
    [parcel] = shipped(delivery(row(7), row(3), row(5)))
    name = raw_names.parse(parcel.key.rsplit("/", 1)[1])
    assert name is not None
    assert (int(name.first, 16), int(name.last, 16), name.lines) == (3, 7, 3)
    assert name.stream == raw_names.stream_hash("ecs/app/1")
    assert raw_names.matches(name, parcel.body)


def test_names_sort_as_the_numbers_of_the_ids_do() -> None:
    largest = "9" * 56
    names = [raw_names.name("s", [one], "0" * 64) for one in ("2", "10", "00011", largest)]
    assert names == sorted(names)
    assert raw_names.name("s", ["2", "10"], "0" * 64).split("-")[1:3] == [f"{2:047x}", f"{10:047x}"]


@pytest.mark.parametrize("ids", [["x"], ["1", "²"], ["1" * 57], ["1", ""], ["-1"]])
def test_ids_of_others_make_a_name_that_tells_nothing(ids: list[str]) -> None:
    assert raw_names.parse(raw_names.name("s", ids, "0" * 64)) is None


def test_a_delivery_that_is_repeated_makes_the_same_object() -> None:
    assert shipped(delivery(row(1), row(2))) == shipped(delivery(row(1), row(2)))


def test_a_delivery_that_is_batched_differently_replaces_nothing() -> None:
    assert shipped(delivery(row(1), row(2)))[0].key != shipped(delivery(row(1)))[0].key


def test_a_line_that_is_twice_in_a_delivery_is_shipped_once() -> None:
    assert all_ids(delivery(row(1), row(2), row(1))) == [f"{1:056}", f"{2:056}"]


@pytest.mark.parametrize("word", ["/health/", 'a "word"', "ü", "back\\slash"])
def test_unwanted_lines_are_left_out_and_make_no_empty_object(word: str) -> None:
    unwanted = row(1, message=f"GET {word} 200")
    assert shipped(delivery(unwanted), (word,)) == []
    for event in (delivery(unwanted, row(2)), delivery(unwanted, row(2), 7)):
        [parcel] = shipped(event, (word, "other"))
        assert [line["id"] for line in lines(parcel.body)] == [f"{2:056}"]


def test_a_control_message_is_no_line() -> None:
    assert logic.shipment(delivery(row(1), kind="CONTROL_MESSAGE")).parcels == []


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"id": "1"},
        {"id": 7, "timestamp": AT, "message": "x"},
        {"id": "", "timestamp": AT, "message": "x"},
        {"id": "1", "timestamp": None, "message": "x"},
        {"id": "1", "timestamp": True, "message": "x"},
        {"id": "1", "timestamp": -1, "message": "x"},
        {"id": "1", "timestamp": 10**18, "message": "x"},
        7,
    ],
)
def test_a_line_that_is_none_stops_no_other_and_is_kept_with_the_reason(bad: Any) -> None:
    event = delivery(row(1), bad, row(2))
    assert all_ids(event) == [f"{1:056}", f"{2:056}"]
    assert aside(event) == [{"reason": "1 of its 3 lines are none", "event": event}]
    assert aside(delivery(row(1))) == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({}, "it has no awslogs.data in base64"),
        (None, "it has no awslogs.data in base64"),
        ({"awslogs": {"data": "abc"}}, "it has no awslogs.data in base64"),
        ({"awslogs": {"data": base64.b64encode(b"no gzip").decode()}}, "it is no gzip, or a damaged one"),
        (packed(b""), "its text is no JSON"),
        (packed(b"[" * 100_000), "its text is no JSON"),
        (packed([]), "its text is no JSON object"),
        (packed(told(row(1), kind="OTHER")), "its messageType is neither DATA_MESSAGE nor CONTROL_MESSAGE"),
        (packed({**told(row(1)), "logGroup": "a b"}), "its logGroup or logStream is no name of one"),
        (packed({**told(row(1)), "logGroup": "//"}), "its logGroup or logStream is no name of one"),
        (packed({**told(), "logEvents": {}}), "its logEvents is no list"),
    ],
)
def test_a_delivery_that_can_not_be_read_is_kept_whole_with_the_reason(event: Any, reason: str) -> None:
    assert (shipped(event), aside(event)) == ([], [{"reason": reason, "event": event}])


def test_of_a_delivery_that_is_cut_off_the_whole_lines_are_shipped_and_all_of_it_is_kept() -> None:
    text = json.dumps(told(*(row(number) for number in range(9))), separators=(",", ":")).encode()
    for event in (packed(text[:-40]), packed(text[:-10] + b"\xff" + text[-10:])):
        assert len(all_ids(event)) >= 8
        assert len(aside(event)) == 1
    event = {"awslogs": {"data": base64.b64encode(gzip.compress(text)[:-60]).decode()}}
    assert aside(event) == [{"reason": "its gzip is cut off", "event": event}]


TEXT = some.text(max_size=30) | some.sampled_from(['"},{"id":"', "\ud83d", "\x00", "\\", "x" * 70_000])
GOOD = some.builds(lambda at, text: {"timestamp": AT + at, "message": text}, some.integers(0, 10**6), TEXT)
JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | TEXT,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ROWS = some.lists(GOOD | GOOD | JUNK, max_size=8).map(
    lambda rows: [
        {"id": f"{number:056}", **one} if isinstance(one, dict) and set(one) == {"timestamp", "message"} else one
        for number, one in enumerate(rows)
    ]
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(ROWS, some.sampled_from([",", ", "]), some.booleans())
def test_no_good_line_is_lost_whatever_else_comes(rows: list[Any], separator: str, plain: bool) -> None:
    body = told(*rows)
    text = json.dumps(body, separators=(separator, ":"), ensure_ascii=plain).encode(errors="surrogatepass")
    good = {one["id"]: one for one in rows if isinstance(one, dict) and "id" in one and len(one["id"]) == 56}
    found = {line["id"]: line for one in shipped(packed(text)) for line in lines(one.body)}
    assert found.keys() >= good.keys()
    if plain:
        assert {key: found[key]["message"] for key in good} == {key: one["message"] for key, one in good.items()}


@settings(max_examples=EXAMPLES, deadline=None)
@given(ROWS, some.data())
def test_damage_of_any_kind_is_told_and_kept_and_raises_nothing(rows: list[Any], data: some.DataObject) -> None:
    text = json.dumps(told(*rows), separators=(",", ":")).encode()
    layers = [lambda x: x, gzip.compress, lambda x: base64.b64encode(gzip.compress(x))]
    number = data.draw(some.integers(0, 2))
    body = bytearray(layers[number](text))
    for place in data.draw(some.lists(some.integers(0, len(body) - 1), max_size=4)):
        body[place] = data.draw(some.integers(0, 255))
    cut = bytes(body[: data.draw(some.integers(0, len(body)))])
    outer = [lambda x: base64.b64encode(gzip.compress(x)), base64.b64encode, lambda x: x]
    event = {"awslogs": {"data": outer[number](cut).decode(errors="replace")}}
    made = logic.shipment(event)
    assert bool(made.damage) == any(one.key.startswith("aside/") for one in made.parcels)
    for parcel in made.parcels:
        if parcel.key.startswith("raw/"):
            assert lines(parcel.body)
        else:
            assert json.loads(parcel.body)["event"] == event


@settings(max_examples=EXAMPLES, deadline=None)
@given(JUNK)
def test_any_event_is_answered(event: Any) -> None:
    assert [one.key[:6] for one in logic.shipment(event).parcels] == ["aside/"]

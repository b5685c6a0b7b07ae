import json
import threading
from collections.abc import Iterator

import pytest

from benchmarks.log_objects import delivery
from functions.log_compactor import handler as compactor
from functions.log_shipper import handler as shipper
from functions.log_shipper import logic
from functions.log_store.s3 import Answer, S3Error
from tests.functions.small_s3 import BUCKET, SmallS3, server


class Context:
    """What Lambda hands to a function."""

    def __init__(self, left: int) -> None:
        self._left = left

    def get_remaining_time_in_millis(self) -> int:
        return self._left


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallS3]:
    made = SmallS3()
    running = server(made)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{running.server_port}",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "BUCKET": BUCKET,
        "UNWANTED": json.dumps(['"status": 404']),
    }.items():
        monkeypatch.setenv(name, value)
    for cached in (shipper._s3, shipper._unwanted, compactor._bucket):
        cached.cache_clear()
    yield made
    running.shutdown()
    running.server_close()
    thread.join()
    for cached in (shipper._s3, shipper._unwanted, compactor._bucket):
        cached.cache_clear()


def test_a_delivery_is_shipped_once_and_merged_when_its_window_is_over(small: SmallS3) -> None:
    event = delivery(0, 40)
    first = shipper.handle(event, None)
    assert (first["objects"], first["there"], first["aside"]) == (1, 0, 0)
    assert 0 < first["lines"] < 40
    assert shipper.handle(event, None) == {**first, "there": 1}
    done = compactor.handle({}, Context(240_000))
    assert (done["windows"], done["lines"], done["repeats"]) == (1, first["lines"], 0)
    assert [key.partition("/")[0] for key in small.keys("")] == ["logs", "manifests"]


def test_what_can_not_be_read_is_told_and_is_no_failure(small: SmallS3, capsys: pytest.CaptureFixture[str]) -> None:
    answer = shipper.handle({"awslogs": {"data": "bm8="}}, None)
    assert (answer["objects"], answer["aside"]) == (1, 1)
    [key] = small.keys("aside/deliveries/")
    assert capsys.readouterr().out == f"set aside: {key}: it is no gzip, or a damaged one\n"


def test_where_s3_refuses_one_object_the_others_are_put_and_lambda_hears_of_it(small: SmallS3) -> None:
    # The lines of a second before and after the end of the window.
    event = delivery(299_990, 20)
    refused, *others = [parcel.key for parcel in logic.shipment(event, ('"status": 404',)).parcels]
    denied = Answer(403, {}, b"<Code>AccessDenied</Code>")
    small.hook = lambda method, key, query: denied if key == refused else None
    with pytest.raises(S3Error, match="AccessDenied"):
        shipper.handle(event, None)
    assert (small.keys("raw/"), len(others)) == (others, 1)
    small.hook = lambda *_: None
    assert shipper.handle(event, None)["there"] == 1
    assert small.keys("raw/") == sorted([refused, *others])


def test_a_minute_before_the_end_the_compactor_begins_nothing(small: SmallS3) -> None:
    shipper.handle(delivery(0, 3), None)
    done = compactor.handle({}, Context(59_000))
    assert (done["windows"], done["waiting"]) == (0, 1)

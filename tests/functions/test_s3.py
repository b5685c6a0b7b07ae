import threading
from collections.abc import Iterator

import pytest

from functions.log_store import sigv4
from functions.log_store.s3 import S3, TRIES, Answer, Place, S3Error
from tests.functions.small_s3 import BUCKET, SmallS3, server

CREDENTIALS = sigv4.Credentials("key", "a secret", "a token")


@pytest.fixture
def small() -> SmallS3:
    return SmallS3()


@pytest.fixture
def s3(small: SmallS3) -> Iterator[S3]:
    running = server(small)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield S3(Place(BUCKET, "eu-west-1", CREDENTIALS, f"http://127.0.0.1:{running.server_port}"), sleep=lambda _: None)
    running.shutdown()
    running.server_close()
    thread.join()


def test_what_is_put_is_there_and_is_put_once(small: SmallS3, s3: S3) -> None:
    key = "raw/a b/ü+&?.gz"
    assert [s3.put(key, b"one"), s3.put(key, b"another")] == [True, False]
    assert (small.objects[key].body, s3.ask("GET", key).body) == (b"one", b"one")


@pytest.mark.parametrize("fault", [0, 500, 503, 429])
def test_a_fault_that_passes_is_not_seen(small: SmallS3, s3: S3, fault: int) -> None:
    small.hook = lambda *_: Answer(fault, {}, b"") if small.requests < TRIES else None
    assert s3.put("key", b"body")
    assert small.requests == TRIES


def test_a_write_that_happened_and_was_not_answered_counts_as_there(small: SmallS3, s3: S3) -> None:
    def lost(*_: object) -> Answer | None:
        if small.requests == 1:
            small.store("key", b"body")
            return Answer(0, {}, b"")
        return None

    small.hook = lost
    assert not s3.put("key", b"body")


def test_writes_that_meet_are_tried_again(small: SmallS3, s3: S3) -> None:
    small.hook = lambda *_: Answer(409, {}, b"") if small.requests < 3 else None
    assert s3.put("key", b"body")


def test_a_refusal_names_what_was_asked_and_no_secret(small: SmallS3, s3: S3) -> None:
    told = b"<Error><Code>AccessDenied</Code><Message>no leave</Message></Error>"
    small.hook = lambda *_: Answer(403, {}, told)
    with pytest.raises(S3Error, match="PUT s3://archive/key: 403 AccessDenied: no leave") as caught:
        s3.put("key", b"body")
    assert (caught.value.status, small.requests) == (403, 1)
    assert not {"a secret", "a token"} & {str(caught.value), repr(caught.value)}


def test_who_can_not_be_reached_is_tried_again_and_told(s3: S3) -> None:
    nobody = S3(Place(BUCKET, "eu-west-1", CREDENTIALS, "http://127.0.0.1:1"), sleep=lambda _: None)
    with pytest.raises(S3Error, match="no answer ConnectionRefusedError") as caught:
        nobody.put("key", b"")
    assert caught.value.status == 0


@pytest.mark.parametrize(
    ("region", "endpoint", "url"),
    [
        ("eu-west-1", {}, ("https", "archive.s3.eu-west-1.amazonaws.com", "")),
        ("cn-north-1", {}, ("https", "archive.s3.cn-north-1.amazonaws.com.cn", "")),
        ("eu-west-1", {"AWS_ENDPOINT_URL": "http://here:4566"}, ("http", "here:4566", "archive/")),
        ("eu-west-1", {"AWS_ENDPOINT_URL_S3": "https://s3", "AWS_ENDPOINT_URL": "x"}, ("https", "s3", "archive/")),
    ],
)
def test_a_bucket_is_where_lambda_and_the_sdks_variables_say(
    region: str, endpoint: dict[str, str], url: tuple[str, str, str]
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "a secret"}
    place = Place.of_environment(BUCKET, {"AWS_REGION": region, **keys, **endpoint})
    assert place.url() == url
    assert "a secret" not in repr(place)

"""Traces of releases, sent to a collector on this machine and read by OpenTelemetry's own messages."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from driver.adapters.notify import otlp
from driver.adapters.notify.notifier import Telling
from driver.core.values import notification
from driver.core.values.release import Kind, Release, Step, Verdict
from model.releases import Pin
from model.settings.notify import Notify
from tests.driver.adapters.fake_receivers import Outside, listening

AT = datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)
STARTED = Release(app="shop", pin=Pin(release=4), kind=Kind.DEPLOY, who="me", started=AT)
ENDED = STARTED.model_copy(
    update={
        "verdict": Verdict.FAILED,
        "reason": "web: it crashed",
        "finished": AT + timedelta(seconds=90),
        "steps": (Step(name="roll out", at=AT),),
    }
)
NOTES = [notification.note("prod", row) for row in (STARTED, ENDED)]
TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"


@pytest.fixture
def outside() -> Iterator[Outside]:
    with listening() as made:
        yield made


def told(env: dict[str, str], patience: float = 10) -> list[str]:
    lines: list[str] = []
    marks = Telling(Notify(), lines.append, env, patience)
    for note in NOTES:
        marks.tell(note)
    marks.finish()
    return lines


def message(body: Any) -> ExportTraceServiceRequest:
    """The body as OpenTelemetry's own message. In its JSON ids are hexadecimal, in protobuf's they are base64."""
    for group in body["resourceSpans"]:
        for scope in group["scopeSpans"]:
            for span in scope["spans"]:
                for key in ("traceId", "spanId", "parentSpanId"):
                    if key in span:
                        span[key] = base64.b64encode(bytes.fromhex(span[key])).decode()
    return ParseDict(body, ExportTraceServiceRequest())


def test_a_release_that_has_ended_is_one_request_that_a_collector_reads(outside: Outside) -> None:
    env = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{outside.url}/",
        "OTEL_RESOURCE_ATTRIBUTES": "team=web%20shop,odd",
        "TRACEPARENT": TRACEPARENT,
    }
    assert told(env) == []
    assert outside.requests == ["POST /v1/traces"]
    (group,) = message(outside.posted[0]).resource_spans
    resource = {row.key: row.value.string_value for row in group.resource.attributes}
    assert (resource["service.name"], resource["team"]) == ("slipway", "web shop")
    root, step = group.scope_spans[0].spans
    assert (root.trace_id.hex(), root.parent_span_id.hex()) == ("a" * 32, "b" * 16)
    assert step.parent_span_id == root.span_id
    assert root.end_time_unix_nano - root.start_time_unix_nano == 90_000_000_000
    assert root.start_time_unix_nano % 1_000_000_000 == 250_000_000
    assert (root.status.code, root.status.message) == (2, "web: it crashed")
    assert {row.key: row.value.int_value for row in root.attributes}["slipway.release"] == 4


def test_the_own_address_of_traces_is_taken_as_it_is(outside: Outside) -> None:
    env = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{outside.url}/x",
    }
    assert told({**env, "OTEL_SERVICE_NAME": "ci"}) == []
    assert outside.requests == ["POST /x"]


@pytest.mark.parametrize(
    "env",
    [{"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}, {"TRACEPARENT": TRACEPARENT[:-2] + "00"}],
)
def test_who_wants_none_or_has_not_sampled_what_it_is_part_of_gets_none(env: dict[str, str], outside: Outside) -> None:
    assert told({"OTEL_EXPORTER_OTLP_ENDPOINT": outside.url, **env}) == []
    assert outside.requests == []


def test_nobody_is_told_where_nothing_is_set() -> None:
    assert not otlp.wanted({})
    assert told({}) == []


def test_a_collector_that_refuses_hangs_or_is_not_there_is_one_line_and_fails_nothing(outside: Outside) -> None:
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": outside.url, "OTEL_EXPORTER_OTLP_HEADERS": "api-key=sentinel%20key"}
    outside.status = 503
    assert told(env) == ["note: OTLP was not told of shop v4 (failed): it answered 503"]
    outside.slow = True
    assert told(env, 0.2) == ["note: OTLP is slow and was not waited for"]
    (line,) = told({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example.com:4318"})
    assert "https://" in line
    (line,) = told({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
    assert "can't be reached" in line

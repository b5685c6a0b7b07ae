"""Traces of releases for whoever takes OTLP: JSON over HTTP, as OpenTelemetry's variables of the environment say.

https://opentelemetry.io/docs/specs/otel/protocol/exporter/
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import unquote

from driver.adapters.notify.http import Request, exchange
from driver.core.values.notification import Note
from driver.core.values.trace import Attributes, Span, parent_in, spans
from model import __version__

PATH = "/v1/traces"
ENDPOINT, HEADERS = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"
OWN_ENDPOINT, OWN_HEADERS = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
INTERNAL, SERVER = 1, 2
OK, ERROR = 1, 2


def wanted(env: Mapping[str, str]) -> bool:
    """Whether somebody has said where traces go, and not that none shall."""
    off = env.get("OTEL_SDK_DISABLED", "").lower() == "true" or env.get("OTEL_TRACES_EXPORTER", "otlp") == "none"
    return bool(_address(env)) and not off


class Otlp:
    """A receiver: each release that has ended is one request."""

    name = "OTLP"

    def __init__(self, env: Mapping[str, str]) -> None:
        self._url = _address(env)
        self._headers = _pairs(env.get(OWN_HEADERS) or env.get(HEADERS, ""))
        self._resource = {"service.name": "slipway", **_pairs(env.get("OTEL_RESOURCE_ATTRIBUTES", ""))}
        if name := env.get("OTEL_SERVICE_NAME"):
            self._resource["service.name"] = name
        self._parent = parent_in(env.get("TRACEPARENT", ""))

    def tell(self, note: Note) -> None:
        """Send the trace of a release once it has ended. Raises Untold."""
        found = spans(note.env, note.release, self._parent)
        if not found or (self._parent is not None and not self._parent.sampled):
            return
        body = body_of(found, self._resource)
        exchange(Request(method="POST", url=self._url, headers=self._headers, body=body))


def body_of(found: Sequence[Span], resource: Mapping[str, str]) -> dict[str, object]:
    """ExportTraceServiceRequest as JSON: ids in hexadecimal, times in nanoseconds as text.

    https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
    """
    known = {**resource, "service.version": __version__}
    scope = {"name": "slipway", "version": __version__}
    rows = {"scope": scope, "spans": [_span(row) for row in found]}
    return {"resourceSpans": [{"resource": {"attributes": _attributes(known)}, "scopeSpans": [rows]}]}


def _span(row: Span) -> dict[str, object]:
    parent = {"parentSpanId": row.parent} if row.parent else {}
    status = {"code": ERROR, "message": row.failed} if row.failed else {"code": OK}
    return {
        "traceId": row.trace,
        "spanId": row.id,
        **parent,
        "name": row.name,
        "kind": SERVER if row.server else INTERNAL,
        "startTimeUnixNano": _nanoseconds(row.began),
        "endTimeUnixNano": _nanoseconds(row.ended),
        "attributes": _attributes(row.attributes),
        "status": status,
    }


def _attributes(found: Attributes) -> list[dict[str, object]]:
    return [
        {"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}}
        for key, value in sorted(found.items())
    ]


def _nanoseconds(at: datetime) -> str:
    """Whole microseconds, since a float of so many nanoseconds is none any more."""
    return f"{int(at.timestamp())}{at.microsecond:06d}000"


def _address(env: Mapping[str, str]) -> str:
    """The own address of traces as it is, or that of all signals with the path of traces."""
    own, base = env.get(OWN_ENDPOINT, ""), env.get(ENDPOINT, "")
    return own or (f"{base.rstrip('/')}{PATH}" if base else "")


def _pairs(text: str) -> dict[str, str]:
    """`key=value,key=value`, each percent-encoded; what is no pair is passed by."""
    pairs = (part.partition("=") for part in text.split(","))
    return {unquote(key.strip()): unquote(value.strip()) for key, sign, value in pairs if sign and key.strip()}

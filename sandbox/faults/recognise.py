"""Which service and operation a request asks for, from its signature, target, form or path."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from sandbox.asgi import Scope, header

from .models import model

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/[^/]*/(?P<service>[^/]+)/aws4_request")
CBOR_PATH = re.compile(r"/service/[^/]+/operation/(?P<operation>[^/]+)")


@dataclass(frozen=True)
class Call:
    """A recognised request; `protocol` says in which shape it wants its errors."""

    service: str
    operation: str
    protocol: str


def service_of(scope: Scope) -> str:
    """The signing name of the service, empty for a request that no AWS client signed."""
    found = CREDENTIAL.search(header(scope, "authorization"))
    if not found:
        signed = parse_qs(scope["query_string"].decode("latin-1")).get("X-Amz-Credential", [""])[0]
        found = CREDENTIAL.search("Credential=" + signed)
    return found["service"] if found else ""


def recognise(scope: Scope, body: bytes) -> Call:
    """Service, operation and protocol of an AWS request; empty strings for what can't be told."""
    service, target = service_of(scope), header(scope, "x-amz-target")
    if cbor := CBOR_PATH.fullmatch(scope["path"]):
        return Call(service, cbor["operation"], "cbor")
    if target:
        return Call(service, target.rpartition(".")[2], "json")
    known = model(service) if service else None
    if known and known.routes:
        query = scope["query_string"].decode("latin-1")
        headers = {name.decode("latin-1").lower() for name, _ in scope["headers"]}
        found = known.operation(scope["method"], unquote(scope["path"]), query, headers)
        return Call(service, found, known.protocol)
    return Call(service, _action(scope, body), known.protocol if known else "query")


def _action(scope: Scope, body: bytes) -> str:
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html: in the form, or in the URL.
    query = parse_qs(scope["query_string"].decode("latin-1"))
    form = parse_qs(body.decode("latin-1")) if not query.get("Action") else query
    return form.get("Action", [""])[0]

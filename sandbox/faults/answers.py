"""The errors themselves, in each protocol's shape, under the codes that AWS's own services use."""

import json
from dataclasses import dataclass

from .recognise import Call

REQUEST_ID = "00000000-0000-4000-8000-00000000fa17"
MESSAGE = {
    "throttle": "Rate exceeded",
    "error": "The request processing has failed because of an unknown error.",
    "expire": "The security token included in the request is expired",
}
# Where the general code is not the service's own.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
THROTTLES = {
    "s3": (503, "SlowDown"),
    "ec2": (503, "RequestLimitExceeded"),
    "lambda": (429, "TooManyRequestsException"),
    "apigateway": (429, "TooManyRequestsException"),
}
ERRORS = {"s3": (500, "InternalError"), "ec2": (500, "InternalError"), "ecs": (500, "ServerException")}
# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
EXPIRED = {"s3": (400, "ExpiredToken"), "ec2": (400, "RequestExpired")}
XML = ("query", "rest-xml")


@dataclass(frozen=True)
class Answer:
    """A response to be sent as it is."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer(call: Call, kind: str) -> Answer:
    """The answer for `throttle`, `error` or `expire` to this call."""
    status, code = _code(call, kind)
    message = MESSAGE[kind]
    if call.protocol in ("json", "rest-json"):
        return _json(call, status, code, message)
    if call.protocol == "cbor":
        body = b"\xa2" + _text("__type") + _text(code) + _text("message") + _text(message)
        return Answer(status, {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}, body)
    return Answer(status, {"content-type": "text/xml", "x-amzn-requestid": REQUEST_ID}, _xml(call, code, message))


def _code(call: Call, kind: str) -> tuple[int, str]:
    if kind == "throttle":
        general = "Throttling" if call.protocol in XML else "ThrottlingException"
        return THROTTLES.get(call.service, (400, general))
    if kind == "expire":
        return EXPIRED.get(
            call.service, (403, "ExpiredToken") if call.protocol in XML else (400, "ExpiredTokenException")
        )
    general = "InternalFailure" if call.protocol in XML else "InternalServerError"
    return ERRORS.get(call.service, (500, general))


def _json(call: Call, status: int, code: str, message: str) -> Answer:
    content = "application/x-amz-json-1.1" if call.protocol == "json" else "application/json"
    headers = {"content-type": content, "x-amzn-requestid": REQUEST_ID, "x-amzn-errortype": code}
    return Answer(status, headers, json.dumps({"__type": code, "message": message}).encode())


def _xml(call: Call, code: str, message: str) -> bytes:
    error = f"<Code>{code}</Code><Message>{message}</Message>"
    if call.service == "ec2":
        shape = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>{REQUEST_ID}</RequestID></Response>"
    elif call.service == "s3":
        shape = f"<Error>{error}<RequestId>{REQUEST_ID}</RequestId></Error>"
    else:
        kind = f"<Error><Type>Sender</Type>{error}</Error>"
        shape = f"<ErrorResponse>{kind}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{shape}'.encode()


def _text(value: str) -> bytes:
    # RFC 8949, major type 3: all of ours are under 256 bytes.
    raw = value.encode()
    head = bytes([0x60 + len(raw)]) if len(raw) < 24 else bytes([0x78, len(raw)])
    return head + raw

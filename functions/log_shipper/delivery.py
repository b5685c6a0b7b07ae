"""Opens what CloudWatch Logs delivers, as far as it can be read.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
"""

import binascii
import json
import re
import zlib
from dataclasses import dataclass
from typing import Any

MOST_TEXT = 32 * 1024 * 1024
"""Bytes of text in one delivery; CloudWatch Logs sends a few MB at most."""
_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}", re.ASCII)
_LINE = re.compile(r'\{\s*"id"')
_NAMES = {name: re.compile(rf'"{name}"\s*:\s*("(?:[^"\\]|\\.)*")') for name in ("logGroup", "logStream")}
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class Delivery:
    """The rows of one log stream, as they were delivered, and the JSON that they were read from."""

    group: str
    stream: str
    rows: list[Any]
    text: bytes


@dataclass(frozen=True)
class Opened:
    """What could be read, nothing for a control message; and what is wrong, empty where nothing is."""

    delivery: Delivery | None = None
    damage: str = ""


def opened(event: Any) -> Opened:  # noqa: ANN401 - as it is delivered
    """Read an event. It never raises: what is wrong is told."""
    text, damage = _unpacked(event)
    try:
        data = json.loads(text.decode())
    except UnicodeDecodeError:
        return Opened(_rescued(text), damage or "its text is no UTF-8")
    except (ValueError, RecursionError):
        return Opened(_rescued(text), damage or "its text is no JSON")
    if damage:
        return Opened(_rescued(text), damage)
    return _checked(data, text)


def _unpacked(event: Any) -> tuple[bytes, str]:  # noqa: ANN401 - as it is delivered
    try:
        packed = binascii.a2b_base64(event["awslogs"]["data"])
    except (KeyError, TypeError, ValueError):
        return b"", "it has no awslogs.data in base64"
    member = zlib.decompressobj(wbits=31)
    text = b""
    try:
        text = member.decompress(packed, MOST_TEXT)
    except zlib.error:
        return _before_the_damage(packed), "it is no gzip, or a damaged one"
    if member.eof:
        return text, ""
    return text, f"it unpacks to more than {MOST_TEXT} bytes" if member.unconsumed_tail else "its gzip is cut off"


def _before_the_damage(packed: bytes) -> bytes:
    """What unpacks before the place where a gzip is damaged; at most one step of it is missing."""
    member, text = zlib.decompressobj(wbits=31), bytearray()
    try:
        for start in range(0, len(packed), 64):
            text += member.decompress(packed[start : start + 64], MOST_TEXT)
    except zlib.error:
        pass
    return bytes(text[:MOST_TEXT])


def _checked(data: Any, text: bytes) -> Opened:  # noqa: ANN401 - as it is delivered
    if not isinstance(data, dict):
        return Opened(damage="its text is no JSON object")
    if data.get("messageType") == "CONTROL_MESSAGE":
        return Opened()
    group, stream, rows = data.get("logGroup"), data.get("logStream"), data.get("logEvents")
    if data.get("messageType") != "DATA_MESSAGE":
        return Opened(damage="its messageType is neither DATA_MESSAGE nor CONTROL_MESSAGE")
    if not (isinstance(group, str) and _GROUP.fullmatch(group) and group.strip("/") and isinstance(stream, str)):
        return Opened(damage="its logGroup or logStream is no name of one")
    if not isinstance(rows, list):
        return Opened(damage="its logEvents is no list")
    return Opened(Delivery(group, stream, rows, text))


def _rescued(text: bytes) -> Delivery | None:
    """The lines that can be read in a text that is no JSON as a whole."""
    readable = text.decode(errors="replace")
    names = [found[1] if (found := _NAMES[name].search(readable)) else "" for name in ("logGroup", "logStream")]
    try:
        group, stream = (json.loads(name) for name in names)
    except ValueError:
        return None
    if not (_GROUP.fullmatch(group) and group.strip("/")):
        return None
    rows, place = [], 0
    while found := _LINE.search(readable, place):
        try:
            row, place = _DECODER.raw_decode(readable, found.start())
        except (ValueError, RecursionError):
            place = found.end()
        else:
            rows.append(row)
    return Delivery(group, stream, rows, b"") if rows else None

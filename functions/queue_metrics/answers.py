"""What an app answers when it is asked for its jobs, in every form that HireFire's clients serve; no I/O.

`GET /hirefire` with the token in a header, or `GET /hirefire/<token>/info`; a list of names with `value`, before 2022
`quantity`: a whole number, a fraction, or null where the app does not know.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote, urljoin, urlsplit

HEADER, PATH = "header", "path"
FORMS = (HEADER, PATH)
TOKEN = "HireFire-Token"
MOST = 262_144
"""Bytes that are read of an answer; a list of a thousand workers is a fifth of it."""
REDIRECTS = (301, 302, 303, 307, 308)
REFUSALS = (401, 403, 404, 405)
REACHES = 1e12
"""The largest number that is believed."""


class Unusable(Exception):
    """An answer that says nothing; why, in words that hold neither token nor address.

    `elsewhere`: the other form, or another token, may do.
    """

    def __init__(self, why: str, *, elsewhere: bool = False) -> None:
        super().__init__(why)
        self.why, self.elsewhere = why, elsewhere


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: an address and headers, of which one or the other holds the token."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back. `cut` says that there was more than is read."""

    status: int
    body: bytes = field(repr=False)
    location: str = field(default="", repr=False)
    cut: bool = False


def question(url: str, token: str, form: str) -> Question:
    """How an app is asked in one of the two forms. Raises Unusable for a token that can't be sent."""
    base = url.rstrip("/")
    if not token.isascii() or not token.isprintable() or not token.strip():
        raise Unusable("its token is no word that can be sent; use letters and digits")
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "slipway-queue-metrics"}
    if form == HEADER:
        return Question(url=f"{base}/hirefire", headers={**headers, TOKEN: token})
    return Question(url=f"{base}/hirefire/{quote(token, safe='')}/info", headers=headers)


def followed(asked: Question, answer: Answer) -> Question:
    """The question once more, where the answer sends it. Raises Unusable if that is on another host, which must not
    see the token, or no longer encrypted.
    """
    try:
        target = urljoin(asked.url, answer.location)
        old, new = urlsplit(asked.url), urlsplit(target)
        same = old.hostname == new.hostname and (old.port == new.port or (old.scheme, new.scheme) == ("http", "https"))
    except ValueError:
        raise Unusable("redirects to no address", elsewhere=True) from None
    if not answer.location or not same or new.scheme not in (old.scheme, "https"):
        raise Unusable("redirects to another place", elsewhere=True)
    return Question(url=target, headers=asked.headers)


def rows(answer: Answer) -> dict[str, float | str]:
    """What an answer says of each worker: its value, or why it has none. Raises Unusable where it says nothing."""
    if answer.status in REDIRECTS:
        raise Unusable("redirects more than once", elsewhere=True)
    if answer.status != 200:
        raise Unusable(f"answers {answer.status}", elsewhere=answer.status in REFUSALS)
    if answer.cut:
        raise Unusable(f"answers more than {MOST:,} bytes", elsewhere=True)
    found: dict[str, float | str] = {}
    for row in _listed(answer.body):
        name = row["name"]
        found[name] = "names it twice" if name in found else _value(row)
    return found


def _listed(body: bytes) -> list[dict[str, Any]]:
    try:
        made = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unusable("answers no JSON", elsewhere=True) from None
    if not isinstance(made, list) or not all(
        isinstance(row, dict) and isinstance(row.get("name"), str) for row in made
    ):
        raise Unusable("answers no list of workers", elsewhere=True)
    return made


def _no_number(_text: str) -> NoReturn:
    raise ValueError("no number of JSON")


def _value(row: Mapping[str, Any]) -> float | str:
    value = row.get("value", row.get("quantity"))
    if value is None:
        return "does not know its jobs"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "gives it no number"
    if not 0 <= value <= REACHES or math.isinf(float(value)):
        return "gives it a number that can't be"
    return float(value)

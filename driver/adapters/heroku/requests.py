"""Requests to Heroku's Platform API: its version, its pages, its limit of requests, and its refusals as ours.

https://devcenter.heroku.com/articles/platform-api-reference
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

import httpx

from driver.adapters.heroku.credentials import HINT, address, token
from driver.adapters.host.loopback import is_loopback
from driver.errors import DriverError, NotFound, Unavailable, Unreachable

VERSION = "application/vnd.heroku+json; version=3"
TIMEOUT = 30.0
PAGE = 200
"""Rows that are asked for at once; Heroku gives no more than 1,000."""
RETRIES = 6
LONGEST_WAIT = 60.0
"""Seconds between two tries at most: Heroku refills about 75 requests in a minute."""
LOW = 50
"""So few requests left in the hour are worth a word."""


class Forbidden(Unreachable):
    """Heroku knows who asks, and does not allow it."""


class Requests:
    """Asks Heroku, and does nothing before it is asked to."""

    def __init__(self, say: Callable[[str], None], sleep: Callable[[float], None] = time.sleep) -> None:
        self._say = say
        self._sleep = sleep
        self._low = False

    @cached_property
    def _client(self) -> httpx.Client:
        url = address()
        headers = {"Accept": VERSION, "Authorization": f"Bearer {token(url)}", "User-Agent": "slipway"}
        return httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=not is_loopback(url))

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """One thing, or a list that has no pages."""
        return _json(self._answered("GET", path))

    def post(self, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """Make something."""
        return _json(self._answered("POST", path, body=body))

    def rows(self, path: str, ranged: str = f"id ..; max={PAGE}") -> Iterator[Any]:
        """All rows of a list, page by page as they are needed.

        https://devcenter.heroku.com/articles/platform-api-reference#ranges
        """
        following: str | None = ranged
        while following:
            answer = self._answered("GET", path, ranged=following)
            yield from _json(answer)
            following = answer.headers.get("Next-Range") if answer.status_code == httpx.codes.PARTIAL_CONTENT else None

    def _answered(
        self, method: str, path: str, *, ranged: str = "", body: Mapping[str, object] | None = None
    ) -> httpx.Response:
        """A good answer. Heroku's limit and its moments of weakness are waited for; what may be done twice is."""
        for attempt in range(1, RETRIES + 1):
            try:
                answer = self._client.request(method, path, headers={"Range": ranged} if ranged else None, json=body)
            except httpx.HTTPError as error:
                raise Unreachable(
                    f"Heroku did not answer ({method} {path}): {type(error).__name__}", hint="Check the network."
                ) from None
            passes = answer.status_code == httpx.codes.TOO_MANY_REQUESTS or (answer.is_server_error and method == "GET")
            if not passes or attempt == RETRIES:
                break
            self._wait(answer, attempt)
        self._count(answer)
        if not answer.is_success:
            raise _refusal(answer, path)
        return answer

    def _wait(self, answer: httpx.Response, attempt: int) -> None:
        given = answer.headers.get("Retry-After", "")
        seconds = min(float(given) if given.isdigit() else 2.0**attempt, LONGEST_WAIT)
        limited = answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        why = "Heroku takes no more requests of this account for now" if limited else "Heroku has trouble"
        self._say(f"{why}; trying again in {seconds:.0f} s")
        self._sleep(seconds)

    def _count(self, answer: httpx.Response) -> None:
        left = answer.headers.get("RateLimit-Remaining", "")
        if left.isdigit() and int(left) < LOW and not self._low:
            self._low = True
            self._say(f"Heroku takes {left} more requests of this account for now; they come back at about 75 a minute")


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON
    try:
        return answer.json()
    except ValueError:
        raise Unreachable(f"Heroku answered {answer.request.url.path} with something that is no JSON") from None


def _refusal(answer: httpx.Response, path: str) -> DriverError:
    """What Heroku's `id` of an error means, with its own sentence; requests are never repeated in it.

    https://devcenter.heroku.com/articles/platform-api-reference#error-responses
    """
    try:
        body = answer.json()
    except ValueError:
        body = {}
    said = " ".join(str(body.get("message", "") if isinstance(body, dict) else "").split()) or "it gives no reason"
    status = answer.status_code
    if status == httpx.codes.UNAUTHORIZED:
        return Unreachable(f"Heroku takes the token no more: {said}", hint=HINT)
    if status == httpx.codes.NOT_FOUND:
        return NotFound(
            f"Heroku: {said}", hint="Its name is what heroku apps --all shows, and the token's account sees it."
        )
    if status == httpx.codes.FORBIDDEN:
        return Forbidden(f"Heroku refused {path}: {said}", hint="Ask the app's owner for the permission.")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Unavailable(f"Heroku takes no more requests of this account: {said}", hint="Try again in some minutes.")
    if answer.is_server_error:
        return Unavailable(f"Heroku has trouble ({status}): {said}", hint="Try again later; see status.heroku.com.")
    return Unreachable(f"Heroku refused {path} ({status}): {said}")

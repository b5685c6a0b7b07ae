"""Builds at Heroku: the source of a commit goes up, the output comes down, and a release follows.

https://devcenter.heroku.com/articles/build-and-release-using-the-api
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

from driver.adapters.heroku import shapes
from driver.adapters.heroku.requests import Requests
from driver.adapters.host.loopback import is_loopback
from driver.core.values.heroku import HerokuBuild
from driver.errors import StillRolling, Unreachable

UPLOAD_TIMEOUT = 300.0
OUTPUT_TIMEOUT = 120.0
LONGEST = 1800.0
"""Seconds for a build; Heroku itself ends one after 15 minutes."""
PAUSE = 2.0


def build(requests: Requests, app: str, archive: Path, commit: str, say: Callable[[str], None]) -> HerokuBuild:
    """Build and release. Raises Unreachable, and StillRolling when it has not ended in time."""
    place = shapes.read(shapes.SourcePlace, requests.post("/sources", {}), "/sources").source_blob
    _put(place.put_url, archive)
    path = f"/apps/{quote(app, safe='')}/builds"
    wish = {"source_blob": {"url": place.get_url, "version": commit}}
    made = shapes.read(shapes.Build, requests.post(path, wish), path)
    if made.output_stream_url:
        # The output is told for those who watch; whether the build is good is asked for afterwards.
        with suppress(Unreachable):
            _tell(made.output_stream_url, say)
    return _ended(requests, app, f"{path}/{made.id}")


def _put(url: str, archive: Path) -> None:
    """The address is itself the permission to write there, so no error has it."""
    try:
        with _client(url, UPLOAD_TIMEOUT) as client:
            answer = client.put(url, content=archive.read_bytes(), headers={"Content-Type": ""})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"the source can't be sent to Heroku: {type(error).__name__}") from None
    if not answer.is_success:
        raise Unreachable(f"the source can't be sent to Heroku: it answered {answer.status_code}")


def _tell(url: str, say: Callable[[str], None]) -> None:
    try:
        with _client(url, OUTPUT_TIMEOUT) as client, client.stream("GET", url) as answer:
            for line in answer.iter_lines():
                if text := line.replace("\0", "").rstrip():
                    say(text)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreachable(f"the output of the build can't be read: {type(error).__name__}") from None


def _ended(requests: Requests, app: str, path: str) -> HerokuBuild:
    until = time.monotonic() + LONGEST
    while True:
        found = shapes.read(shapes.Build, requests.get(path), path)
        release = None if found.release is None else _release(requests, app, found.release.id)
        if found.status != "pending" and (release is None or release.status != "pending"):
            return HerokuBuild(id=found.id, status=found.status, release=release.version if release else None)
        if time.monotonic() > until:
            raise StillRolling(f"the build {found.id} of {app} at Heroku has not ended in {LONGEST:.0f} s")
        time.sleep(PAUSE)


def _release(requests: Requests, app: str, key: str) -> shapes.Release:
    """The release of a build, whose release process may still run."""
    path = f"/apps/{quote(app, safe='')}/releases/{key}"
    return shapes.read(shapes.Release, requests.get(path), path)


def _client(url: str, timeout: float) -> httpx.Client:
    """Addresses that Heroku hands out: without our token, and over TLS unless they are on this machine."""
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        raise Unreachable("Heroku gave an address without TLS")
    return httpx.Client(timeout=timeout, trust_env=not is_loopback(url))

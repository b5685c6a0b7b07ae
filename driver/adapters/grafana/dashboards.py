"""Folders and dashboards of a Grafana, by its HTTP API.

https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/
https://grafana.com/docs/grafana/latest/developers/http_api/folder/
"""

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from driver.adapters.host.loopback import is_loopback
from driver.core.ports.dashboards import Folder, Stored
from driver.errors import Busy, DriverError, InvalidInput, Unavailable, Unreachable

TOKEN = "GRAFANA_TOKEN"
LIMIT = 20.0
"""Seconds for each part of an exchange, and three times as many for the whole of it."""
MOST = 32 << 20
"""Bytes of an answer."""
PAGE = 1000
"""Dashboards in one answer to a search; Grafana gives no more than 5,000.

https://grafana.com/docs/grafana/latest/developers/http_api/folder_dashboard_search/
"""
CONFLICT, MISMATCH = 409, 412
ELSEWHERE = "Check slipway:notify: its grafana/url is the address that people open, without a page."


class GrafanaDashboards:
    """The port Dashboards. Its token is in the environment, and in nothing that it says."""

    def __init__(self, url: str, env: Mapping[str, str] = os.environ) -> None:
        self._url = url
        self._token = env.get(TOKEN, "")
        if not self._token:
            raise InvalidInput(
                f"there is no {TOKEN} in the environment",
                hint="It is the token of a service account of Grafana that has the role Editor.",
            )
        if not self._token.isascii() or not self._token.isprintable():
            raise InvalidInput(f"{TOKEN} is no token", hint="Copy it again, without line breaks.")
        if not url.startswith("https://") and not is_loopback(url):
            raise InvalidInput(
                f"{url} is on another machine and is not reached by https://",
                hint="The token would travel in the clear; write slipway:notify's grafana/url with https://.",
            )
        self._client = httpx.Client(timeout=LIMIT, trust_env=not is_loopback(url))

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def folder(self, uid: str) -> Folder | None:
        """The folder; None when it is not there."""
        found = self._read(f"/api/folders/{quote(uid)}")
        return None if found is None else Folder(uid=uid, title=_text(found, "title"), version=_number(found))

    def make_folder(self, uid: str, title: str) -> None:
        """A new folder."""
        status, answer = self._send("POST", "/api/folders", {"uid": uid, "title": title})
        if status in (CONFLICT, MISMATCH):
            raise InvalidInput(
                f"Grafana has a folder {title} already, or one with the UID {uid}",
                hint="Give ours another title with slipway:dashboards: {folder: ...}, or rename the other.",
            )
        self._check(status, answer, f"the folder {title}")

    def retitle(self, folder: Folder, title: str) -> None:
        """Give it another title."""
        body = {"title": title, "version": folder.version, "overwrite": False}
        status, answer = self._send("PUT", f"/api/folders/{quote(folder.uid)}", body)
        self._check(status, answer, f"the folder {folder.title}")

    def read(self, uid: str) -> Stored | None:
        """The dashboard; None when it is not there."""
        found = self._read(f"/api/dashboards/uid/{quote(uid)}")
        if found is None:
            return None
        document, meta = found.get("dashboard"), found.get("meta")
        if not (isinstance(document, Mapping) and isinstance(meta, Mapping)):
            raise self._odd()
        return Stored(document=document, folder=_text(meta, "folderUid"), version=_number(document))

    def write(self, document: Mapping[str, object], folder: str, over: Stored | None, message: str) -> None:
        """Write a new dashboard, or one over what was read: Grafana refuses where the version is another by now."""
        version = {} if over is None else {"version": over.version, "id": over.document.get("id")}
        body = {"dashboard": {**document, **version}, "folderUid": folder, "message": message, "overwrite": False}
        status, answer = self._send("POST", "/api/dashboards/db", body)
        self._check(status, answer, f"the dashboard {document['title']}")

    def tagged(self, tags: Sequence[str]) -> Mapping[str, str]:
        """The titles of the dashboards that have all of these tags, by UID."""
        found: dict[str, str] = {}
        page = 0
        while page == 0 or len(found) == page * PAGE:
            page += 1
            params: list[tuple[str, str | int]] = [("type", "dash-db"), ("limit", PAGE), ("page", page)]
            status, answer = self._send("GET", "/api/search", params=[*params, *(("tag", tag) for tag in tags)])
            self._check(status, answer, "the search")
            if not isinstance(answer, list):
                raise self._odd()
            found |= {_text(row, "uid"): _text(row, "title") for row in answer}
        return found

    def remove(self, uid: str) -> None:
        """Delete it; nothing when it is not there any more."""
        status, answer = self._send("DELETE", f"/api/dashboards/uid/{quote(uid)}")
        if status != httpx.codes.NOT_FOUND:
            self._check(status, answer, f"the dashboard {uid}")

    def _read(self, path: str) -> Mapping[str, Any] | None:
        status, answer = self._send("GET", path)
        if status == httpx.codes.NOT_FOUND and isinstance(answer, Mapping) and "message" in answer:
            return None
        self._check(status, answer, path)
        if not isinstance(answer, Mapping):
            raise self._odd()
        return answer

    def _check(self, status: int, answer: object, what: str) -> None:
        if not httpx.codes.is_success(status):
            raise self._refusal(status, answer, what)

    def _refusal(self, status: int, answer: object, what: str) -> DriverError:
        words = answer.get("message") if isinstance(answer, Mapping) else None
        said = f"{status}: {words}" if isinstance(words, str) and words else str(status)
        kind = answer.get("status") if isinstance(answer, Mapping) else None
        if status == httpx.codes.UNAUTHORIZED:
            return Unreachable(f"{self._url} does not take the token ({said})", hint=f"Put a valid one in {TOKEN}.")
        if status == httpx.codes.FORBIDDEN:
            return Unreachable(
                f"the token may not change {what} ({said})", hint="Give its service account the role Editor."
            )
        if status == CONFLICT or (status == MISMATCH and kind in (None, "version-mismatch")):
            return Busy(f"somebody else changed {what} meanwhile ({said})", hint="Run the command again.")
        if status == httpx.codes.TOO_MANY_REQUESTS or httpx.codes.is_server_error(status):
            return Unavailable(f"{self._url} has trouble ({said})", hint="Run the command again in a minute.")
        if status == httpx.codes.NOT_FOUND or httpx.codes.is_redirect(status):
            return Unreachable(f"{self._url} answers {said} for {what}", hint=ELSEWHERE)
        return InvalidInput(f"Grafana refuses {what} ({said})", hint="Mend what it says, then run the command again.")

    def _odd(self) -> Unreachable:
        return Unreachable(f"{self._url} does not answer as a Grafana does", hint=ELSEWHERE)

    def _send(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        params: Sequence[tuple[str, str | int]] = (),
    ) -> tuple[int, object]:
        """Status and content of an answer. Raises Unreachable."""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        try:
            url = f"{self._url}{path}"
            with self._client.stream(method, url, headers=headers, params=list(params) or None, json=body) as answer:
                content = self._content(answer)
        except httpx.TimeoutException:
            raise Unavailable(
                f"{self._url} did not answer within {LIMIT:.0f} s", hint="Run the command again."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{self._url} can't be reached ({type(error).__name__})", hint=ELSEWHERE) from None
        try:
            return answer.status_code, json.loads(content)
        except ValueError:
            if answer.is_success:
                raise self._odd() from None
            return answer.status_code, None

    def _content(self, answer: httpx.Response) -> bytes:
        began, content = time.monotonic(), bytearray()
        for part in answer.iter_bytes():
            content += part
            if len(content) > MOST or time.monotonic() - began > 3 * LIMIT:
                raise Unreachable(f"the answer of {self._url} does not end", hint=ELSEWHERE)
        return bytes(content)


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _number(found: Mapping[str, Any]) -> int:
    value = found.get("version")
    return value if isinstance(value, int) else 0

"""Marks in Grafana: one annotation a release, from its start to its end.

https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
"""

import html
import json
import os
from collections.abc import Mapping
from datetime import datetime

from driver.adapters.notify.http import Request, Untold, exchange
from driver.core.values.notification import Note
from model.settings import notify

TOKEN = "GRAFANA_TOKEN"
ODD = "its answer is not that of a Grafana; check slipway:notify"


class Grafana:
    """Draws a release as a region. A mark that another command began is found by its tags: any command can end it."""

    name = "Grafana"

    def __init__(self, settings: notify.Grafana, env: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._env = env
        self._ids: dict[tuple[str, ...], int] = {}

    def tell(self, note: Note) -> None:
        """Begin the release's mark, or end it; one whose beginning was never drawn is drawn whole. Raises Untold."""
        known = self._ids.get(note.key)
        if known is None and note.finished is not None:
            known = self._find(note)
        if known is not None:
            self._send("PATCH", f"/{known}", body=_body(note))
            return
        board = {"dashboardUID": self._settings.dashboard} if self._settings.dashboard else {}
        answer = self._send("POST", body={**board, "time": _milliseconds(note.started), **_body(note)})
        if not (isinstance(answer, Mapping) and isinstance(answer.get("id"), int)):
            raise Untold(ODD)
        self._ids[note.key] = answer["id"]

    def _find(self, note: Note) -> int | None:
        """The id of the mark that has all the release's tags and was begun when the release was."""
        tags: tuple[tuple[str, str | int], ...] = tuple(("tags", tag) for tag in note.key)
        began = _milliseconds(note.started)
        rows = self._send("GET", params=(*tags, ("from", began), ("to", began), ("type", "annotation")))
        found = [row["id"] for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        return next((number for number in found if isinstance(number, int)), None)

    def _send(
        self,
        method: str,
        path: str = "",
        *,
        body: Mapping[str, object] | None = None,
        params: tuple[tuple[str, str | int], ...] = (),
    ) -> object:
        token = self._env.get(TOKEN)
        if not token:
            raise Untold(f"there is no {TOKEN} in the environment")
        request = Request(
            method=method,
            url=f"{self._settings.url}/api/annotations{path}",
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            params=params,
            body=body,
        )
        try:
            answer: object = json.loads(exchange(request))
        except ValueError:
            raise Untold(ODD) from None
        return answer


def _body(note: Note) -> dict[str, object]:
    """Grafana shows the text as HTML."""
    end = {} if note.finished is None else {"timeEnd": _milliseconds(note.finished)}
    return {"text": html.escape(note.text, quote=False), "tags": list(note.tags), **end}


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)

"""Log lines of one shape: a JSON object a line on stdout, with the keys in the order given."""

import json
import logging

_LINES = logging.getLogger("lines")


def write(event: str, **values: object) -> None:
    """Writes one line; `event` says what happened and comes first."""
    _LINES.info(json.dumps({"event": event, **values}, ensure_ascii=False))

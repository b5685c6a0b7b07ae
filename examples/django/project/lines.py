"""Log lines of one shape: a JSON object a line on stdout, with the keys in the order given; and no token in any."""

import json
import logging
import re

_LINES = logging.getLogger("lines")
_TOKEN = re.compile(r"/hirefire/[^/\s]+")


def write(event: str, **values: object) -> None:
    """Writes one line; `event` says what happened and comes first."""
    _LINES.info(json.dumps({"event": event, **values}, ensure_ascii=False))


def without_token(text: str) -> str:
    """The text with the token hidden where a path of HireFire's holds one."""
    return _TOKEN.sub("/hirefire/***", text)


class HideToken(logging.Filter):
    """For the messages of others: Django names the path of a request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_token(record.getMessage()), ()
        return True

"""Paths without the tokens in them."""

import logging
import re
from collections.abc import Iterable
from functools import cache
from typing import Final

HIDDEN: Final = ("/hirefire/<token>",)
"""Where a path holds a token, unless an app says otherwise: whoever scales workers may send its own that way."""


_IN_PATH: Final = "[^/]+"
# A message goes on after the path.
_IN_TEXT: Final = r"[^/\s?#\"']+"


def hide(path: str, templates: Iterable[str] = HIDDEN) -> str:
    """A path with `***` where a template has `<…>`.

    `/reset/<user>/<token>` hides two parts of each path that has them there, wherever in it `/reset/` is. Raises
    ValueError for a template that has no such part.
    """
    return _hidden(path, templates, _IN_PATH)


def _hidden(text: str, templates: Iterable[str], secret: str) -> str:
    for template in templates:
        text = _expression(template, secret).sub(_starred, text)
    return text


@cache
def _expression(template: str, secret: str) -> re.Pattern[str]:
    parts = [part for part in template.split("/") if part]
    if not any(part.startswith("<") for part in parts):
        raise ValueError(f"{template}: nothing in it is hidden; write <token> in place of the part that is secret")
    # Servers take `//` for `/` and some take letters of either case, so a token must not show because of that.
    found = (f"({secret})" if part.startswith("<") else f"(?:{re.escape(part)})" for part in parts)
    return re.compile("/+" + "/+".join(found), re.IGNORECASE)


def _starred(found: re.Match[str]) -> str:
    text, start = found[0], found.start()
    for number in range(len(found.groups()), 0, -1):
        text = text[: found.start(number) - start] + "***" + text[found.end(number) - start :]
    return text


class HideTokens(logging.Filter):
    """For the messages of others: a framework names the path of a request that failed."""

    def __init__(self, templates: Iterable[str] = HIDDEN) -> None:
        super().__init__()
        self._templates = tuple(templates)

    def filter(self, record: logging.LogRecord) -> bool:
        """Hide the tokens of a message; always true."""
        record.msg, record.args = _hidden(record.getMessage(), self._templates, _IN_TEXT), ()
        return True

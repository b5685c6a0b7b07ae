"""What a refusal of settings must say: where, what was found there, and what would do."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from model.errors import SpecError
from model.settings.parse import SettingsError

WOULD_DO = re.compile(r"[;:] \S|such as")
PLACES = re.compile(r"[a-z]\w*(/[\w-]+)+ and ")
"""What two places have in common is a fault of neither."""
NAMELESS = ("missing", "unknown key")


@dataclass
class Refused:
    """The text of a refusal, once there is one."""

    text: str = ""

    def says(self, *words: str) -> None:
        """All of this is in it."""
        assert [word for word in words if word not in self.text] == [], self.text


@contextmanager
def refusing() -> Iterator[Refused]:
    """The block is refused, and each finding has a place, what was found and what would do."""
    made = Refused()
    with pytest.raises(SettingsError) as caught:
        yield made
    made.text = str(caught.value)
    assert [str(finding) for finding in caught.value.findings if not complete(finding)] == []


def complete(finding: SpecError) -> bool:
    """Whether a person can go there, sees what was read, and knows what to write instead.

    Of a whole mapping the sentence names what is wrong in it, which only its own test can know.
    """
    placed = finding.path not in {"", "settings"} or PLACES.match(finding.message) is not None
    words = [] if finding.found.startswith("{") else re.findall(r"[\w-]+", finding.found.removesuffix("..."))
    shown = finding.message.startswith(NAMELESS) or not words or any(word in finding.message for word in words)
    return placed and shown and WOULD_DO.search(finding.message) is not None

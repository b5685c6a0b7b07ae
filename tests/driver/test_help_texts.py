from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from driver.cli import build
from driver.help_texts import flowed


def texts(found: Any) -> Iterator[str]:
    """The help of each command and group."""
    yield found.help or ""
    for name in found.list_commands(None) if hasattr(found, "list_commands") else ():
        yield from texts(found.get_command(None, name))


def test_every_paragraph_of_every_help_flows() -> None:
    found = list(texts(get_command(build())))
    assert len(found) > 40
    assert all(found)
    assert [text for text in found for part in text.split("\n\n") if "\n" in part] == []


def test_paragraphs_stay_paragraphs() -> None:
    assert flowed("One\n    line.\n\n    Two\n    lines.\n") == "One line.\n\nTwo lines."

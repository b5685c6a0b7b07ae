"""What the README promises of all commands: --json where a script may read, --dry-run where something is changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from driver.cli import build
from tests.faults.answers import ASKED

READS = {
    "cost", "doctor", "events", "explain", "logs", "open", "outputs", "preview", "ps", "stats", "status",
    "top",
    "config diff", "config get", "config history", "config list", "image entrypoints", "image list", "image name",
    "image source", "lock show", "maintenance status", "monitoring export",
    "monitoring schema", "network plan", "releases diff", "releases list", "releases output", "releases show",
    "settings reference", "settings schema", "dashboards build", "dashboards diff",
}  # fmt: skip
RAW = {
    "config get", "dashboards build", "monitoring export", "monitoring schema", "settings reference", "settings schema",
}  # fmt: skip
"""What prints one value, lines or JSON in any case."""


def commands(found: Any, name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each command that does something, with its options."""
    for below in found.list_commands(None) if hasattr(found, "list_commands") else ():
        yield from commands(found.get_command(None, below), f"{name} {below}".strip())
    if not hasattr(found, "list_commands"):
        yield name, {option for row in found.params for option in row.opts}


ALL = {name: options for name, options in commands(get_command(build())) if not name.startswith("sandbox ")}


def test_each_command_that_answers_in_json_is_asked_to_by_a_test() -> None:
    everything = dict(commands(get_command(build())))
    assert set(ASKED) == {name for name, options in everything.items() if "--json" in options}


def test_what_only_reads_is_there() -> None:
    assert set(ALL) >= READS > RAW


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_command_has_json_where_a_script_may_read_and_a_dry_run_where_it_changes_something(name: str) -> None:
    if name not in READS:
        assert "--dry-run" in ALL[name]
    elif name not in RAW:
        assert "--json" in ALL[name]

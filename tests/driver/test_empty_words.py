"""Rules of words that a variable was to fill and left empty: for every option of every command."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode


def typed(*words: str) -> Result:
    return CliRunner().invoke(build(), list(words))


def options(found: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each option with a value, after the words of its command."""
    for name in found.list_commands(None) if hasattr(found, "list_commands") else ():
        yield from options(found.get_command(None, name), (*words, name))
    for row in found.params:
        if row.param_type_name == "option" and not row.is_flag:
            yield from ((words, name) for name in row.opts)


ALL = list(options(get_command(build())))


def test_there_are_options_to_look_at() -> None:
    assert (("deploy",), "--image") in ALL
    assert (("image", "push"), "--tag") in ALL
    assert ((), "--project") in ALL


@pytest.mark.parametrize(("words", "option"), ALL, ids=lambda found: " ".join(found) if found else "slipway")
def test_an_option_that_is_empty_is_refused_before_anything(words: tuple[str, ...], option: str) -> None:
    last = () if words else ("outputs",)
    for empty in ((option, ""), (option, " "), (f"{option}=",) if option.startswith("--") else (option, "")):
        done = typed(*words, *empty, *last, "dev", "example")
        assert done.exit_code == ExitCode.INVALID_INPUT, empty
        assert f"error: {option} is empty" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("deploy", "", "example", "--image", "v1"), "a word after deploy is empty"),
        (("deploy", "dev", "", "--image", "v1"), "a word after dev is empty"),
        (("config", "unset", "dev", "example", "A", ""), "a word after A is empty"),
        (("deploy", "dev", "example", "--image", "--yes"), "--image has no value: --yes stands in its place"),
        (("deploy", "dev", "example", "--image", "--message=x"), "--image has no value: --message stands in its place"),
        (("image", "push", "dev", "example", "--tag", "--json"), "--tag has no value: --json stands in its place"),
        (("", "dev"), "the first word is empty"),
    ],
)
def test_a_word_that_is_not_there_is_named(words: tuple[str, ...], said: str) -> None:
    done = typed(*words)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert said in done.stderr


def test_a_value_that_looks_like_an_option_of_another_program_is_one() -> None:
    done = typed("deploy", "nowhere", "example", "--message", "--force-with-lease was wrong", "--image", "v1")
    assert "has no value" not in done.stderr


@pytest.mark.parametrize("words", [("--help",), ("deploy", "--help"), ("image", "--help")])
def test_help_is_not_in_the_way(words: tuple[str, ...]) -> None:
    assert typed(*words).exit_code == 0

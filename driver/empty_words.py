"""Words of a command line that a variable was to fill and left empty: refused before any command begins."""

from collections.abc import Iterator, Sequence
from typing import Any

from driver.errors import InvalidInput

_HINT = "A variable of the shell or of CI was empty, as a rule: set it, or leave the option out."


def check(command: Any, words: Sequence[str]) -> None:  # noqa: ANN401 - typer's own click has no public command type
    """Hold the words of a command line against the options of the command that they name, groups passed through.

    An option that is empty would be taken for one that is left out; one whose value is gone altogether takes the next
    option for its value. Raises InvalidInput that names the option.
    """
    known: set[str] = set()
    taking: set[str] = set()
    before = ""
    for word in _until_end(words):
        for option in command.params:
            known |= set(option.opts) if _is_option(option) else set()
            taking |= set(option.opts) if _is_option(option) and not option.is_flag else set()
        _check_word(before, word, known, taking)
        below = None if before in taking else getattr(command, "commands", {}).get(word)
        command, before = below or command, word


def _until_end(words: Sequence[str]) -> Iterator[str]:
    """What follows `--` is for another program."""
    for word in words:
        if word == "--":
            return
        yield word


def _is_option(parameter: Any) -> bool:  # noqa: ANN401
    return bool(parameter.param_type_name == "option")


def _check_word(before: str, word: str, known: set[str], taking: set[str]) -> None:
    name, equals, value = word.partition("=")
    if not word.strip():
        where = before if before in taking else f"a word after {before}" if before else "the first word"
        raise InvalidInput(f"{where} is empty", hint=_HINT)
    if equals and name in taking and not value.strip():
        raise InvalidInput(f"{name} is empty", hint=_HINT)
    if before in taking and name in known:
        raise InvalidInput(f"{before} has no value: {name} stands in its place", hint=_HINT)

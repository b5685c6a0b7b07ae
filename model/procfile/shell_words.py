"""The words and the simple commands of a line of shell, and of lines that it hands to another shell."""

import re
import shlex
from collections.abc import Iterator
from typing import Final

_SHELLS: Final = {"sh", "bash", "dash", "ash", "zsh"}
_WRAPPERS: Final = {"exec", "env", "nice", "nohup", "bundle", "poetry", "pipenv", "uv", "npx", "run", "time"}


def words(command: str) -> list[str]:
    """The words of a line of shell, operators among them."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        return command.split()


def lines(command: str) -> Iterator[list[str]]:
    """The words of the line, and of each line that it gives to another shell."""
    found = words(command)
    yield found
    for at, word in enumerate(found[:-2]):
        if program(word) in _SHELLS and re.fullmatch(r"-[a-z]*c", found[at + 1]):
            yield from lines(found[at + 2])


def program(word: str) -> str:
    """The name of a program without its folder."""
    return word.rsplit("/", 1)[-1]


def commands(command: str) -> Iterator[list[str]]:
    """Each simple command without what stands before its program, such as assignments and ``bundle exec``."""
    for line in lines(command):
        simple: list[str] = []
        for word in [*line, ";"]:
            if not re.fullmatch(r"[;&|()]+", word):
                simple.append(word)
                continue
            start = 0
            while start < len(simple) and (program(simple[start]) in _WRAPPERS or re.match(r"\w+=", simple[start])):
                start += 1
            if simple[start:]:
                yield [program(simple[start]), *simple[start + 1 :]]
            simple = []

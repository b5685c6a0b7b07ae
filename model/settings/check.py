"""A container's own health check, its command as ECS and compose write it.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
https://github.com/compose-spec/compose-spec/blob/main/05-services.md#healthcheck
"""

import re
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from model.base import REPEATS, Model

SHELL, EXEC, NONE = "CMD-SHELL", "CMD", "NONE"
Line = Annotated[str, StringConstraints(min_length=1)]
Words = Annotated[tuple[Line, ...], Field(min_length=1)]
_CONSOLE = re.compile(rf"({SHELL}|{EXEC}|{NONE})\b[\s,]*(.*)", re.DOTALL)


class Check(Model):
    """A command in the container that ends with 0 while it is healthy.

    A line is given to the container's shell, a list is run as it is. A list may begin with CMD-SHELL, CMD or NONE, as
    ECS and compose have it.
    """

    command: Annotated[Line | Words, REPEATS]
    """A line for the container's shell, or a list of words that is run as it is."""
    interval: Annotated[int, Field(ge=5, le=300)] = 10
    """The time between two checks, in seconds."""
    timeout: Annotated[int, Field(ge=2, le=60)] = 5
    """The longest time for one check, in seconds."""
    retries: Annotated[int, Field(ge=1, le=10)] = 3
    """How many checks in a row must fail before the container is unhealthy."""
    start_period: Annotated[int, Field(ge=0, le=300)] = 60
    """How long failures don't count after the start, in seconds."""

    @field_validator("command")
    @classmethod
    def _as_ecs_means_it(cls, command: str | tuple[str, ...]) -> str | tuple[str, ...]:
        return _line(command) if isinstance(command, str) else _words(command)

    def rendered(self) -> dict[str, object]:
        """As ECS takes it."""
        line = [SHELL, self.command] if isinstance(self.command, str) else [EXEC, *self.command]
        return {
            "command": line,
            "interval": self.interval,
            "timeout": self.timeout,
            "retries": self.retries,
            "startPeriod": self.start_period,
        }


def unless_none(given: Any) -> Any:  # noqa: ANN401 - whatever somebody wrote
    """No check at all where its command is compose's [NONE]: ECS looks at no check of the image either."""
    return None if isinstance(given, dict) and given.get("command") in ([NONE], (NONE,)) else given


def _line(line: str) -> str:
    """The line for the shell; the console of ECS wants `CMD-SHELL, ` in front, so that is taken away."""
    found = _CONSOLE.fullmatch(line)
    if found is None:
        return line
    if found[1] == SHELL and line.startswith(f"{SHELL},") and found[2]:
        return found[2]
    if found[1] == NONE and not found[2]:
        raise ValueError(f"{NONE} is a program's name here; for no check write [{NONE}], or take check out")
    raise ValueError(f"{found[1]} is no program; write the line alone, or a list that begins with it: [{found[1]}, …]")


def _words(words: tuple[str, ...]) -> str | tuple[str, ...]:
    first, rest = words[0], words[1:]
    if first == NONE:
        raise ValueError(f"{NONE} stands alone; drop what follows it, or write [{EXEC}, {', '.join(rest)}]")
    if first == SHELL:
        if len(rest) != 1:
            wish = "one line for the shell after it" if not rest else f"the {len(rest)} words as one line"
            raise ValueError(f"{SHELL} takes one line; write {wish}, such as [{SHELL}, curl -f http://localhost/]")
        return rest[0]
    if first == EXEC:
        if not rest:
            raise ValueError(f"{EXEC} runs nothing; write the program after it, such as [{EXEC}, ./healthy]")
        return rest
    if first.upper() in {SHELL, EXEC, NONE}:
        raise ValueError(f"{first} is written in capitals: {first.upper()}")
    return words

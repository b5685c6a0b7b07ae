"""The load balancer's health check of a web process, and how its tasks come and go behind it."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from model.base import Model
from model.settings.text import Form, show

LOWEST, HIGHEST = 200, 499
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html"""

HealthPath = Annotated[
    str,
    Form(
        r"/[!-\"$-~]*",
        "is no path; begin it with /, and leave out blanks, # and what is not ASCII, such as /health/",
        1024,
    ),
]


def _codes(text: str) -> str:
    parts = text.split(",")
    ends = [part.split("-") for part in parts]
    if not all(len(pair) in {1, 2} and all(end.isdecimal() and len(end) == 3 for end in pair) for pair in ends):
        raise ValueError(f"{show(text)} is no list of HTTP codes; write 200, or 200,301, or 200-399")
    numbers = [[int(end) for end in pair] for pair in ends]
    for part, pair in zip(parts, numbers, strict=True):
        if not all(LOWEST <= number <= HIGHEST for number in pair):
            raise ValueError(f"{part} is beyond what a load balancer looks for; use codes from {LOWEST} to {HIGHEST}")
        if any(low >= high for low, high in pairwise(pair)):
            raise ValueError(f"{part} is no range; write the lower code first: {min(pair)}-{max(pair)}")
    return text


class Health(Model):
    """How the load balancer decides that a web task may serve.

    A task that goes is drained first and gets its signal after that, so `stop_timeout` is not part of `drain`.
    `longest_request` and `start_time` are what the app needs: they change nothing, and are held against the rest.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    path: HealthPath = "/health/"
    """The path that is asked."""
    codes: Annotated[str, AfterValidator(_codes)] = "200"
    """The HTTP codes that are good: one, a list or a range, in quotes."""
    interval: Annotated[int, Field(ge=5, le=300)] = 10
    """The time between two checks, in seconds."""
    timeout: Annotated[int, Field(ge=2, le=120)] = 5
    """The longest time for one answer, in seconds; shorter than the interval."""
    healthy: Annotated[int, Field(ge=2, le=10)] = 2
    """How many good answers in a row make a task healthy."""
    unhealthy: Annotated[int, Field(ge=2, le=10)] = 3
    """How many bad answers in a row make it unhealthy."""
    grace: Annotated[int, Field(ge=0, le=3600)] = 60
    """How long failures don't count after the start, in seconds."""
    drain: Annotated[int, Field(ge=0, le=3600)] = 20
    """How long a task that goes may finish its requests, in seconds."""
    longest_request: Annotated[int, Field(ge=0, le=3600)] | None = None
    """How long the app's longest request takes, in seconds: `drain` must not be shorter."""
    start_time: Annotated[int, Field(ge=0, le=3600)] | None = None
    """How long the app takes to start, in seconds: `grace` must not be shorter."""

    @model_validator(mode="after")
    def _timeout_fits(self) -> Self:
        if self.timeout >= self.interval:
            raise ValueError(f"timeout {self.timeout} s must be shorter than the interval of {self.interval} s")
        if self.longest_request is not None and self.drain < self.longest_request:
            raise ValueError(
                f"drain {self.drain} s cuts off the longest request of {self.longest_request} s; raise drain to that"
            )
        if self.start_time is not None and self.grace < self.start_time:
            raise ValueError(
                f"grace {self.grace} s ends before a start of {self.start_time} s has; raise grace to that"
            )
        return self

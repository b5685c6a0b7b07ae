"""How the number of tasks of a process follows its load."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from model.base import Model
from model.names.arn_suffixes import balancer_suffix, targets_suffix
from model.settings.expressions import cron_problem, problem
from model.settings.queues import Queue
from model.settings.text import Form
from model.settings.timezones import Timezone

Tasks = Annotated[int, Field(ge=0, le=1000)]
Percent = Annotated[int, Field(ge=10, le=95)]
Seconds = Annotated[int, Field(ge=0, le=3600)]
ScheduleName = Annotated[
    str,
    Form(r"[a-z](-?[a-z0-9])*", "is no name of a schedule; use small letters, digits and single hyphens: morning", 32),
]

DEFAULT_CPU = 60


class Schedule(Model):
    """A time at which the range changes: `cron` has AWS's six fields, or `at` a whole expression.

    https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
    """

    cron: str | None = None
    """When, as AWS's six fields: minute, hour, day, month, weekday, year."""
    at: str | None = None
    """When, as a whole expression such as `at(2030-12-24T18:00:00)`, instead of `cron`."""
    timezone: Timezone = "UTC"
    """The time zone that it goes by."""
    min: Tasks
    """The fewest tasks from then on."""
    max: Tasks
    """The most tasks from then on."""

    @field_validator("cron")
    @classmethod
    def _is_six_fields(cls, cron: str | None) -> str | None:
        if found := "" if cron is None else cron_problem(cron):
            raise ValueError(found)
        return cron

    @field_validator("at")
    @classmethod
    def _is_an_expression(cls, text: str | None) -> str | None:
        if found := "" if text is None else problem(text):
            raise ValueError(found)
        return text

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if (self.cron is None) == (self.at is None):
            raise ValueError("it goes by cron or by at; give one of them, such as cron: 0 8 ? * MON-FRI *")
        return self

    @property
    def expression(self) -> str:
        """As Application Auto Scaling takes it."""
        return self.at if self.at is not None else f"cron({self.cron})"

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _check_order(self.min, self.max)
        return self


class Scaling(Model):
    """How many tasks run, and what is held by adding and removing them.

    `cpu` and `memory` are averages over the tasks in percent, `requests` those of one task in a minute, `backlog` the
    jobs of one task. Several together: AWS adds tasks when any of them asks, and removes some when all agree. Without
    any, 60 % CPU is held. `min: 0` stops a worker after its queue was empty for `quiet` minutes; cooldowns in seconds.
    """

    min: Tasks
    """The fewest tasks; 0 stops a worker whose queue is empty."""
    max: Annotated[int, Field(ge=1, le=1000)]
    """The most tasks."""
    cpu: Percent | None = None
    """The average CPU of the tasks that is held, in percent. 60 where nothing else is held."""
    memory: Percent | None = None
    """The average memory of the tasks that is held, in percent."""
    requests: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """The requests of one task in a minute that are held; needs a port."""
    backlog: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """The jobs in the queue for each task that are held; for processes without a port. Where a queue's latency is
    measured, the seconds that its oldest job may wait."""
    queue: Queue | None = None
    """Who counts the jobs; the app itself is asked if left out."""
    quiet: Annotated[int, Field(ge=1, le=1440)] = 15
    """How long a queue is empty before its worker stops, in minutes; only with `min: 0`."""
    out_cooldown: Seconds = 60
    """The time between two steps up, in seconds."""
    in_cooldown: Seconds = 300
    """The time between two steps down, in seconds."""
    schedules: dict[ScheduleName, Schedule] = Field(default_factory=dict)
    """Times at which the range changes, by a name of your own."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _check_order(self.min, self.max)
        return self

    @model_validator(mode="after")
    def _wakes_up(self) -> Self:
        if self.backlog is None and self.lowest == 0:
            raise ValueError(
                "min 0 needs a queue that wakes the process up: with no task there is no load to scale on;"
                " use min 1, or set backlog"
            )
        if "quiet" in self.model_fields_set and not self.sleeps:
            raise ValueError("quiet is how long a queue is empty before its worker stops; it needs min 0")
        if self.queue is not None and self.backlog is None:
            raise ValueError("queue is who counts the jobs that backlog holds; set backlog, or drop it")
        return self

    @property
    def counted(self) -> Queue | None:
        """Who counts the jobs; None where the process does not scale on a queue."""
        return None if self.backlog is None else self.queue or Queue()

    @property
    def held(self) -> dict[str, int]:
        """What is held beside the backlog, by the setting's name."""
        named = {"cpu": self.cpu, "memory": self.memory, "requests": self.requests}
        given = {name: value for name, value in named.items() if value is not None}
        return given if given or self.backlog is not None else {"cpu": DEFAULT_CPU}

    @property
    def lowest(self) -> int:
        """The smallest number of tasks at any time."""
        return min([self.min, *(schedule.min for schedule in self.schedules.values())])

    @property
    def most(self) -> int:
        """The largest number of tasks at any time."""
        return max([self.max, *(schedule.max for schedule in self.schedules.values())])

    @property
    def sleeps(self) -> bool:
        """Whether the process may have no task at all."""
        return self.lowest == 0


def _check_order(least: int, most: int) -> None:
    if least > most:
        raise ValueError(f"min {least} is above max {most}; swap them or raise max")


def resource_label(balancer: str, group: str) -> str:
    """How Application Auto Scaling names a target group for its requests per target; both by ARN.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
    """
    return f"{balancer_suffix(balancer)}/{targets_suffix(group)}"

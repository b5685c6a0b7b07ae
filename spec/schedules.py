"""Processes that run by the clock: what Heroku Scheduler did, with EventBridge Scheduler.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from spec.model import Model
from spec.policies import Json
from spec.timezones import Timezone

RATE = re.compile(r"^rate\((\d+) (minutes?|hours?|days?)\)$")
CRON = re.compile(r"^cron\((.+)\)$")
GROUP = "default"
"""The group of schedules that every account has; names carry the environment."""
UNIT_HELP = "use rate(5 minutes), rate(1 hour) or cron(0 3 * * ? *)"

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("minutes", 0, 59, ()),
    ("hours", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, MONTHS),
    ("day of week", 1, 7, DAYS),
    ("year", 1970, 2199, ()),
)


class Schedule(Model):
    """When it runs, by an expression of EventBridge's. A cron expression goes by the clock of `timezone`.

    A run is started at least once, so a double start must do no harm; `retries` are tried when one can't be started.
    """

    at: str
    timezone: Timezone = "UTC"
    enabled: bool = True
    retries: Annotated[int, Field(ge=0, le=2)] = 1

    @model_validator(mode="before")
    @classmethod
    def _an_expression_will_do(cls, value: Any) -> Any:  # noqa: ANN401 - whatever somebody wrote
        return {"at": value} if isinstance(value, str) else value

    @field_validator("at")
    @classmethod
    def _is_an_expression(cls, text: str) -> str:
        found = problem(text)
        if found:
            raise ValueError(found)
        return text


def problem(text: str) -> str:
    """What is wrong with an expression; empty when nothing is."""
    if (rate := RATE.match(text)) is not None:
        amount, unit = int(rate[1]), rate[2]
        if amount == 0:
            return f"{text} never comes; use 1 or more"
        single = unit.removesuffix("s")
        wanted = single if amount == 1 else f"{single}s"
        return "" if unit == wanted else f"{text} is not how AWS writes it; use rate({amount} {wanted})"
    if (cron := CRON.match(text)) is not None:
        return _cron(cron[1].split())
    return f"{text!r} is no schedule; {UNIT_HELP}"


def _cron(parts: list[str]) -> str:
    if len(parts) != len(FIELDS):
        return (
            f"cron({' '.join(parts)}) has {len(parts)} fields; AWS wants 6, with the year:"
            " cron(minutes hours day-of-month month day-of-week year)"
        )
    if (parts[2] == "?") == (parts[4] == "?"):
        return f"cron({' '.join(parts)}): put ? in the day of month or in the day of week, and not in both"
    for part, (name, low, high, words) in zip(parts, FIELDS, strict=True):
        day = name.startswith("day")
        if part == "?" and day:
            continue
        for item in part.split(","):
            if not (_fits(item, low, high, words) or (day and _is_a_days_own(item, name, words))):
                return f"cron({' '.join(parts)}): {item} is no {name}; use {low} to {high}, *, lists, ranges or steps"
    return ""


def _fits(item: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    """`*`, a value, a range, or one of them with a step."""
    span, slash, step = item.partition("/")
    if slash and not (step.isdigit() and 1 <= int(step) <= high):
        return False
    if span == "*":
        return True
    ends = [_number(end, low, high, words) for end in span.split("-")]
    return len(ends) in {1, 2} and None not in ends


def _number(text: str, low: int, high: int, words: tuple[str, ...]) -> int | None:
    if text.upper() in words:
        return low + words.index(text.upper())
    return int(text) if text.isdigit() and low <= int(text) <= high else None


def _is_a_days_own(item: str, name: str, words: tuple[str, ...]) -> bool:
    """The last day, the last Friday, the second Tuesday, the weekday nearest to the 15th."""
    if name == "day of month":
        return bool(re.fullmatch(r"L|LW|([1-9]|[12]\d|3[01])W", item))
    return bool(re.fullmatch(rf"L|([1-7]|{'|'.join(words)})(L|#[1-5])", item.upper()))


def trust(account: str, region: str) -> Json:
    """Only schedules of this account and region take the role.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    place = f"arn:aws:scheduler:{region}:{account}:schedule-group/{GROUP}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "scheduler.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": account, "aws:SourceArn": place}},
            }
        ],
    }


def starting(family: str, cluster: str) -> Json:
    """What one schedule does: start tasks of one family. Revisions come with every release, so they are left open."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["ecs:RunTask"],
                "Resource": [f"{family}:*"],
                "Condition": {"ArnEquals": {"ecs:cluster": cluster}},
            }
        ],
    }


def policy(*, cluster: str, roles: list[str], dead_letters: str) -> Json:
    """What the schedules of one app need beside that: to hand its roles on, and to put away what did not start.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role
    """
    tasks = cluster.replace(":cluster/", ":task/")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["ecs:TagResource"],
                "Resource": [f"{tasks}/*"],
                "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
            },
            {
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": roles,
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
            {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [dead_letters]},
        ],
    }

"""AWS's expressions of time: `rate(…)`, `cron(…)` and `at(…)`, as EventBridge and Application Auto Scaling take them.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""

import re
from dataclasses import dataclass
from datetime import datetime

RATE = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")
CRON = re.compile(r"cron\((.*)\)")
AT = re.compile(r"at\((.*)\)")
HELP = "use rate(5 minutes), rate(1 hour), cron(0 3 * * ? *) or at(2030-12-24T18:00:00)"
FIELDS_HELP = "cron(minutes hours day-of-month month day-of-week year)"

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""The most days that each month may have."""


@dataclass(frozen=True)
class Field:
    """One field of a cron expression. `own` is what it alone takes beside values, lists and ranges."""

    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    own: str = ""
    steps: bool = True

    @property
    def help(self) -> str:
        """What would do."""
        return f"use {self.low} to {self.high}, *, lists{', ranges or steps' if self.steps else ' or ranges'}"


FIELDS = (
    Field("minutes", 0, 59),
    Field("hours", 0, 23),
    Field("day of month", 1, 31, own=r"L|LW|([1-9]|[12]\d|3[01])W"),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 1, 7, DAYS, own=rf"L|([1-7]|{'|'.join(DAYS)})(L|#[1-5])", steps=False),
    Field("year", 1970, 2199),
)


def problem(text: str) -> str:
    """What is wrong with an expression; empty when nothing is."""
    if (rate := RATE.fullmatch(text)) is not None:
        return _rate(text, int(rate[1]), rate[2])
    if (cron := CRON.fullmatch(text)) is not None:
        return cron_problem(cron[1])
    if (once := AT.fullmatch(text)) is not None:
        return _at(text, once[1])
    if not cron_problem(text):
        return f"'{text}' has no cron around it; write cron({text})"
    return f"'{text}' is no schedule; {HELP}"


def cron_problem(fields: str) -> str:
    """What is wrong with the six fields of a cron expression; empty when nothing is."""
    parts, text = fields.split(), f"cron({fields})"
    if len(parts) == 1 and CRON.fullmatch(fields):
        return f"{fields} has cron around it; write the six fields alone"
    if len(parts) != len(FIELDS):
        return f"{text} has {len(parts)} fields; AWS wants 6, with the year: {FIELDS_HELP}"
    if fields != " ".join(parts):
        return f"{text} has further blanks; write {' '.join(parts)}"
    if (parts[2] == "?") == (parts[4] == "?"):
        return f"{text}: put ? in the day of month or in the day of week, and not in both"
    wrong = next(filter(None, map(_wrong, parts, FIELDS)), "") or _wrong_together(parts)
    return f"{text}{wrong}" if wrong else ""


def _wrong_together(parts: list[str]) -> str:
    if "#" in parts[4] and "," in parts[4]:
        return f": {parts[4]} is more than one weekday of a month, which AWS does not take; use one"
    return _never(parts)


def _rate(text: str, amount: int, unit: str) -> str:
    if amount == 0:
        return f"{text} never comes; use 1 or more"
    single = unit.removesuffix("s")
    wanted = single if amount == 1 else f"{single}s"
    return "" if unit == wanted else f"{text} is not how AWS writes it; use rate({amount} {wanted})"


def _at(text: str, moment: str) -> str:
    """One moment, in the time zone that the schedule has."""
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", moment):
        try:
            datetime.fromisoformat(moment)
        except ValueError as error:
            return f"{text} is no moment: {error}; write one that the calendar has, as at(2030-12-24T18:00:00)"
        return ""
    return f"{text} is no moment; write it with the seconds and without a zone, as at(2030-12-24T18:00:00)"


def _wrong(part: str, field: Field) -> str:
    """What AWS would not take in a field; empty when it takes all."""
    if part == "?" and field.own:
        return ""
    items = (item for item in part.split(",") if not (_fits(item, field) or _is_its_own(item, field)))
    return next((f": {item or 'nothing'} is no {field.name}; {field.help}" for item in items), "")


def _fits(item: str, field: Field) -> bool:
    """`*`, a value, a range, or one of them with a step."""
    span, slash, step = item.partition("/")
    if slash and not (field.steps and step.isdigit() and 1 <= int(step) <= field.high):
        return False
    if span == "*":
        return True
    ends = [_number(end, field) for end in span.split("-")]
    return len(ends) in {1, 2} and None not in ends


def _number(text: str, field: Field) -> int | None:
    if text.upper() in field.words:
        return field.low + field.words.index(text.upper())
    return int(text) if text.isdigit() and field.low <= int(text) <= field.high else None


def _is_its_own(item: str, field: Field) -> bool:
    """The last day, the last Friday, the second Tuesday, the weekday nearest to the 15th."""
    return bool(field.own) and re.fullmatch(field.own, item.upper()) is not None


def _never(parts: list[str]) -> str:
    """Whether no month that it names has any of the days that it names."""
    days, months = parts[2].split(","), [_number(month, FIELDS[3]) for month in parts[3].split(",")]
    if not all(map(str.isdigit, days)) or None in months:
        return ""
    longest = max(LONGEST[month - 1] for month in months if month is not None)
    return "" if min(map(int, days)) <= longest else f" never comes: no such month has a day {parts[2]}; use {longest}"

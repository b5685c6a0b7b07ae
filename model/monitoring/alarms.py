"""The alarms of an environment as plain values: which there are, what they look at, and who hears of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from model.base import Model
from model.monitoring.subjects import Dimensions, Thing
from model.settings.alarm_kinds import BY_KEY, KINDS, Comparison, Kind, Metric, Subject
from model.settings.text import Form, HookName

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
MOST_IN_ONE = 100
LONGEST_RULE = 10240
"""Alarms that a composite alarm may look at, and characters of its rule.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

Identifier = Annotated[
    str,
    Form(
        r"[a-zA-Z](-?[a-zA-Z0-9])*",
        "is no identifier of a database or cache; use letters, digits and single hyphens, as in the console: shop-db",
        63,
    ),
    AfterValidator(str.lower),
]
"""As CloudWatch has it: RDS and ElastiCache keep identifiers in small letters, whatever was typed."""

_MS_OF_PERCENT = 10
"""Milliseconds in one percent of a second."""


class Rule(Model):
    """Another threshold, or other minutes, than the default of a kind of alarm."""

    threshold: Annotated[float, Field(ge=0)] | None = None
    """Where it rings; the unit is the kind's own."""
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """For how long the value must be beyond it, in minutes."""

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.threshold is None and self.minutes is None:
            raise ValueError("says nothing; give a threshold or minutes, or false for no such alarm")
        return self


class Format(StrEnum):
    """What a hook understands: Slack's `{"text": …}`, which many chats take, or SNS's own, as PagerDuty does."""

    SLACK = "slack"
    PAGERDUTY = "pagerduty"


class Hook(Model):
    """A chat or pager that hears of alarms. Its address is a secret, in Vault under this name."""

    identity: ClassVar[str] = "name"
    name: HookName
    """A name of your own; the address is in Vault under it."""
    format: Format = Format.SLACK
    """What the other side understands."""


class Alarms(Model):
    """Which alarms there are and who is told. They exist where somebody is told, or where `enabled` says so.

    `rules` changes or drops (`false`) kinds of alarms; `databases` and `caches` are RDS instances and ElastiCache
    nodes by identifier.
    """

    enabled: bool | None = None
    """Whether there are alarms; if left out, where somebody is told."""
    email: tuple[str, ...] = ()
    """Addresses that hear of alarms."""
    hooks: tuple[Hook, ...] = ()
    """Chats and pagers that hear of alarms."""
    rules: dict[str, Rule | Literal[False]] = Field(default_factory=dict)
    """Kinds of alarms with other values, or `false` for no such alarm; [alarms.md](alarms.md) lists the kinds."""
    databases: tuple[Identifier, ...] = ()
    """RDS instances by identifier."""
    caches: tuple[Identifier, ...] = ()
    """ElastiCache nodes by identifier."""

    @model_validator(mode="after")
    def _addresses(self) -> Self:
        wrong = [address for address in self.email if not EMAIL.fullmatch(address)]
        if wrong:
            raise ValueError(f"email: {', '.join(wrong)} is no address; write it as ops@example.org")
        return self

    @model_validator(mode="after")
    def _known_rules(self) -> Self:
        unknown = sorted(set(self.rules) - set(BY_KEY))
        if unknown:
            raise ValueError(f"rules: {', '.join(unknown)} is no kind of alarm; use {', '.join(BY_KEY)}")
        return self

    @property
    def on(self) -> bool:
        """Whether there are any."""
        return bool(self.email or self.hooks) if self.enabled is None else self.enabled

    def kinds(self, subject: Subject) -> list[tuple[Kind, float, int]]:
        """The kinds of one subject that are not dropped, each with its threshold and minutes."""
        found = []
        for kind in KINDS:
            rule = self.rules.get(kind.key)
            if kind.subject is subject and rule is not False:
                threshold = kind.threshold if rule is None or rule.threshold is None else rule.threshold
                minutes = kind.minutes if rule is None or rule.minutes is None else rule.minutes
                found.append((kind, threshold, minutes))
        return found


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One alarm. `name` is CloudWatch's, `logical` Pulumi's; periods are `period` seconds long.

    `thing` is the Pulumi name of what it is about, and `process` the process, if it is one of an app.
    """

    name: str
    logical: str
    thing: str
    description: str
    kind: Kind
    threshold: float
    period: int
    periods: int
    dimensions: Dimensions
    process: str | None = None

    @property
    def comparison(self) -> Comparison:
        """How the value is held against the threshold."""
        return self.kind.comparison

    @property
    def metrics(self) -> dict[str, Metric]:
        """What it looks at, by the name that its expression has for it."""
        return self.kind.metrics


def alarms(settings: Alarms, things: Iterable[Thing]) -> list[Alarm]:
    """The alarms of some things; none where the settings switch them off."""
    if not settings.on:
        return []
    return [
        _alarm(thing, kind, threshold, minutes)
        for thing in things
        for kind, threshold, minutes in settings.kinds(thing.subject)
    ]


def _alarm(thing: Thing, kind: Kind, threshold: float, minutes: int) -> Alarm:
    suffix, seconds = kind.key.replace("_", "-"), minutes * 60
    return Alarm(
        name=f"{thing.name}-{suffix}",
        logical=f"{thing.logical}.{suffix}",
        thing=thing.logical,
        description=f"{kind.says}: {kind.comparison.sign} {threshold:g} {kind.unit} for {minutes} min",
        kind=kind,
        threshold=threshold * kind.scale * (thing.timeout * _MS_OF_PERCENT if kind.of_timeout else 1),
        period=seconds if kind.whole else 60,
        periods=1 if kind.whole else minutes,
        dimensions=thing.dimensions,
        process=thing.process,
    )


def bundles(names: Iterable[str]) -> list[list[str]]:
    """Alarms by name, in as few composite alarms as AWS allows."""
    found: list[list[str]] = []
    for name in names:
        if not found or len(found[-1]) == MOST_IN_ONE or len(rule([*found[-1], name])) > LONGEST_RULE:
            found.append([])
        found[-1].append(name)
    return found


def bundle_name(name: str, index: int) -> str:
    """What the composite alarm of a bundle is called, counted from 0: most have one only."""
    return f"{name}-{index + 1}" if index else name


def rule(names: Iterable[str]) -> str:
    """The rule of a composite alarm that rings when any of these does."""
    return " OR ".join(f'ALARM("{name}")' for name in names)

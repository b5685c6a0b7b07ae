"""One pass over all apps: asks them, looks at their tasks, and puts what it finds."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from functions.queue_metrics import logic
from functions.queue_metrics.answers import FORMS, Unusable, question, rows
from functions.queue_metrics.asking import Call, ask, waves
from functions.queue_metrics.logic import Finding, Tasks
from functions.queue_metrics.plan import App, Plan, Worker
from functions.queue_metrics.tokens import Tokens

Report = Mapping[str, tuple[float, float]]
APP, QUEUE = "app ", "queue "
AT_AWS = 8.0
"""Seconds that AWS has for an answer."""
WAITING = "has no token yet"
"""Of an app that was never released with one. It is told, and is no failure."""


@dataclass(kw_only=True)
class World:
    """What a pass needs of AWS. Each raises what it likes: that is then a failure of what it was asked for.

    `services` takes a cluster and services; `messages` a queue's ARN; `reports` a table and apps; `put` the values.
    """

    tokens: Tokens
    services: Callable[[str, Sequence[str]], Mapping[str, Tasks]]
    messages: Callable[[str], int]
    reports: Callable[[str, Sequence[str]], Mapping[str, Report]]
    put: Callable[[Sequence[logic.Datum]], None]


@dataclass
class Memory:
    """What is remembered from pass to pass while the function is warm: the form that an app answers to, and when each
    gave all its values, by the clock of `time.monotonic`.
    """

    forms: dict[str, str] = field(default_factory=dict)
    good: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one pass found: apps that gave all their values, and why workers have none, by `<app>.<process>`."""

    seen: list[str]
    failed: dict[str, str]
    waiting: list[str]

    def plain(self) -> dict[str, Any]:
        """As it is logged."""
        return {"seen": len(self.seen), "failed": self.failed, "waiting": self.waiting}


def count(plan: Plan, world: World, memory: Memory, *, whole: bool = True) -> Outcome:
    """Ask everybody at once, and put what they say soon after they have said it. Raises what `put` raises.

    `whole`: these are all apps, so that the counting's own metrics are put as well.
    """
    at, found, left = time.time(), Found(), list(plan.apps)
    outcome = Outcome(seen=[], failed={}, waiting=[])
    for wave in waves(_works(plan, world, memory), _limits(plan)):
        found.take(wave)
        ready = [app for app in left if found.has(app)]
        left = [app for app in left if app not in ready]
        _put(world, [datum for app in ready for datum in _settle(plan, app, found, outcome, memory, at)])
    if isinstance(tasks := found.of("tasks"), Unusable):
        outcome.failed["tasks"] = tasks.why
    if whole:
        _put(world, logic.of_health(plan.env, _health(plan, found, outcome, memory), at))
    return outcome


@dataclass
class Found:
    """What has come so far of what is done at the same time: a value or why there is none, and the seconds."""

    made: dict[str, tuple[Any, float]] = field(default_factory=dict)

    def take(self, wave: Mapping[str, tuple[Any, float]]) -> None:
        """More of it."""
        self.made.update(wave)

    def of(self, name: str) -> Any:  # noqa: ANN401 - as each of them is
        """What came of one."""
        return self.made[name][0]

    def has(self, app: App) -> bool:
        """Whether all is there that concerns an app."""
        return {"tasks", *_names(app)} <= self.made.keys()

    def slowest(self) -> float:
        """The seconds of the app that took longest."""
        return max([seconds for name, (_, seconds) in self.made.items() if name.startswith(APP)], default=0.0)


def _settle(plan: Plan, app: App, found: Found, outcome: Outcome, memory: Memory, at: float) -> list[logic.Datum]:
    """The values of an app, which is written down as seen, failed or waiting."""
    tasks = found.of("tasks")
    running: Mapping[str, Tasks] = {} if isinstance(tasks, Unusable) else tasks
    findings = _findings(app, found, at)
    outcome.failed.update(
        {
            f"{app.name}.{process}": finding
            for process, finding in findings.items()
            if isinstance(finding, str) and finding != WAITING
        }
    )
    if WAITING in findings.values():
        outcome.waiting.append(app.name)
    elif not any(isinstance(finding, str) for finding in findings.values()):
        outcome.seen.append(app.name)
        memory.good[app.name] = time.monotonic()
    rows = [(worker, findings[worker.process], running.get(worker.service)) for worker in app.workers]
    return [datum for row in rows for datum in logic.of_worker(plan.env, app.name, *row, at)]


def _put(world: World, data: Sequence[logic.Datum]) -> None:
    for batch in logic.batches(data):
        world.put(batch)


def _works(plan: Plan, world: World, memory: Memory) -> dict[str, Callable[[Call], Any]]:
    """What is done at the same time, by name: the tasks, the reports, each app, and each queue."""
    services = sorted({worker.service for app in plan.apps for worker in app.workers})
    works: dict[str, Callable[[Call], Any]] = {"tasks": lambda _: world.services(plan.cluster, services)}
    reporting = [app.name for app in plan.apps if _with(app, "judoscale")]
    if reporting:
        works["reports"] = lambda _: world.reports(plan.table, reporting)
    for app in plan.apps:
        if _with(app, "hirefire"):
            works[f"{APP}{app.name}"] = partial(_ask, app, world, memory)
        for worker in _with(app, "sqs"):
            works[f"{QUEUE}{worker.queue}"] = partial(_messages, world, worker.queue)
    return works


def _limits(plan: Plan) -> dict[str, float]:
    """The seconds that each of them has. All apps wait for the tasks, so these have few."""
    names = {name for app in plan.apps for name in _names(app)} | {"tasks"}
    return {name: plan.limit if name.startswith(APP) else min(plan.limit, AT_AWS) for name in names}


def _names(app: App) -> set[str]:
    found = {f"{QUEUE}{worker.queue}" for worker in _with(app, "sqs")}
    found |= {f"{APP}{app.name}"} if _with(app, "hirefire") else set()
    return found | ({"reports"} if _with(app, "judoscale") else set())


def _messages(world: World, queue: str, _call: Call) -> int:
    return world.messages(queue)


def _with(app: App, source: str) -> list[Worker]:
    return [worker for worker in app.workers if worker.source == source]


def _findings(app: App, found: Found, at: float) -> dict[str, Finding]:
    """What was found of each worker of an app, by process."""
    findings: dict[str, Finding] = {}
    if asked := _with(app, "hirefire"):
        said = found.of(f"{APP}{app.name}")
        lost = isinstance(said, Unusable)
        findings |= {worker.process: said.why for worker in asked} if lost else logic.of_app(app, said)
    for worker in _with(app, "sqs"):
        count = found.of(f"{QUEUE}{worker.queue}")
        findings[worker.process] = count.why if isinstance(count, Unusable) else float(count)
    for worker in _with(app, "judoscale"):
        reports = found.of("reports")
        lost = isinstance(reports, Unusable)
        report = {} if lost else reports.get(app.name, {})
        findings[worker.process] = reports.why if lost else logic.reported(worker, report, at)
    return findings


def _ask(app: App, world: World, memory: Memory, call: Call) -> dict[str, Finding]:
    """An app's list, in the form that it answers to and with the token that it takes."""
    token = world.tokens.of(app.secret)
    if token is None:
        raise Unusable(WAITING)
    try:
        return _in_a_form(app, token, memory, call)
    except Unusable as why:
        other = world.tokens.other(app.secret, token) if why.elsewhere else None
        if other is None:
            raise
        found = _in_a_form(app, other, memory, call)
        world.tokens.keep(app.secret, other)
        return found


def _in_a_form(app: App, token: str, memory: Memory, call: Call) -> dict[str, Finding]:
    """The form that it answered to last, or either; what is told in the end is why the first one failed."""
    known = memory.forms.get(app.name)
    first: Unusable | None = None
    for form in sorted(FORMS, key=lambda form: form != known):
        try:
            found = rows(ask(question(app.url, token, form), call))
        except Unusable as why:
            first = first or why
            if not why.elsewhere:
                raise
        else:
            memory.forms[app.name] = form
            return found
    assert first is not None
    raise first


def _health(plan: Plan, found: Found, outcome: Outcome, memory: Memory) -> logic.Health:
    now = time.monotonic()
    trouble = {key.partition(".")[0] for key in outcome.failed} - {"tasks"}
    ages = [now - memory.good.setdefault(app.name, now) for app in plan.apps if app.name not in outcome.waiting]
    return logic.Health(
        seen=len(outcome.seen), failed=len(trouble), slowest=found.slowest(), age=max(ages, default=0.0)
    )

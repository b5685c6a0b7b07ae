"""Watching a rollout: all processes of an app at once, until ECS has decided on each."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from driver.core.ports import Say, ServiceState, World
from driver.core.verdict import Judgement, Verdict, boot_loop, judge

POLL = 2.0
"""Seconds between two looks; one look describes all services of the app."""
PATIENCE = 30.0
"""Seconds within which a deployment must have appeared after an update that changed the service."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What each service shall come to run, by service name, and the rollouts that were there before."""

    cluster: str
    task_definitions: Mapping[str, str]
    known: Set[str]


@dataclass
class _Progress:
    """What was told already, so that a line is printed once."""

    say: Say
    started: float
    lines: dict[str, str] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)

    def service(self, service: ServiceState, task_definition: str, judgement: Judgement, now: float) -> None:
        """One line a service, whenever it changes."""
        counts = service.tasks.get(task_definition)
        ours = (
            f"{counts.running} running, {counts.pending} pending, {counts.failed} failed" if counts else "not started"
        )
        line = f"{service.name}: {judgement.verdict}, {ours} of {service.desired}"
        if self.lines.get(service.name) != line:
            self.lines[service.name] = line
            self.say(f"  {now - self.started:4.0f} s  {line}")

    def happened(self, service: ServiceState) -> None:
        """ECS's own events, the oldest first."""
        for event in reversed(service.events):
            if event.id not in self.events:
                self.events.add(event.id)
                self.say(f"          {event.message}")


def watch(world: World, expectation: Expectation, timeout: float, say: Say) -> dict[str, Judgement]:
    """The judgement on every service. A boot loop is stopped here, sooner than ECS would; what has not been decided
    when `timeout` (seconds) is over comes back as ROLLING.
    """
    started = world.clock.now()
    progress = _Progress(say, started)
    names = list(expectation.task_definitions)
    _skip_past_events(world, expectation, progress)
    while True:
        services = world.services.describe(expectation.cluster, names)
        elapsed = world.clock.now() - started
        judgements = {name: _judge(services.get(name), name, expectation, elapsed) for name in names}
        for name, service in services.items():
            progress.happened(service)
            progress.service(service, expectation.task_definitions[name], judgements[name], world.clock.now())
        if elapsed > timeout or all(row.verdict is not Verdict.ROLLING for row in judgements.values()):
            return judgements
        _stop_boot_loops(world, services, judgements, expectation, say)
        world.clock.sleep(POLL)


def _skip_past_events(world: World, expectation: Expectation, progress: _Progress) -> None:
    """Events from before the rollout are not its story; those of a rollout that began just now are."""
    for service in world.services.describe(expectation.cluster, list(expectation.task_definitions)).values():
        fresh = {row.arn for row in service.rollouts} - expectation.known
        if not fresh:
            progress.events.update(event.id for event in service.events)
        else:
            progress.events.update(event.id for event in service.events[len(fresh) * 3 :])


def _judge(service: ServiceState | None, name: str, expectation: Expectation, elapsed: float) -> Judgement:
    if service is None:
        return Judgement(Verdict.FAILED, f"the service {name} is gone")
    judgement = judge(service, expectation.task_definitions[name], expectation.known)
    unborn = all(row.arn in expectation.known for row in service.rollouts)
    if judgement.verdict is Verdict.FAILED and unborn and elapsed < PATIENCE:
        return Judgement(Verdict.ROLLING, "ECS has not started a deployment yet")
    return judgement


def _stop_boot_loops(
    world: World,
    services: Mapping[str, ServiceState],
    judgements: Mapping[str, Judgement],
    expectation: Expectation,
    say: Say,
) -> None:
    """Tasks that keep failing in the same way won't succeed: ask ECS to go back now."""
    for name, service in services.items():
        ours = expectation.task_definitions[name]
        counts = service.tasks.get(ours)
        mine = [row for row in service.rollouts if row.task_definition == ours and row.arn not in expectation.known]
        if judgements[name].verdict is not Verdict.ROLLING or not mine or counts is None or counts.failed == 0:
            continue
        reason = boot_loop(world.services.stopped_tasks(expectation.cluster, name, ours))
        if reason is not None and world.services.roll_back(mine[0].arn):
            say(f"  {name}: its tasks keep stopping ({reason}); asked ECS to go back")

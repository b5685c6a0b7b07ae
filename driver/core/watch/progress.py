"""The story of a rollout: where each process stands, what ECS says, which tasks fail and why, each told once."""

from collections.abc import Mapping, Sequence

from driver.core.ports import Counts, Progress, Say, ServiceState, StoppedTask, World
from driver.core.watch.last_log_lines import last_words
from driver.core.watch.service_events import Repeats, readable
from driver.core.watch.verdict import Judgement, Verdict, describe, failures, likeness
from driver.errors import NotReady, Unreachable

HELD = 60.0
"""Seconds after which old tasks that don't go are looked at for task protection; half of a shorter timeout."""
Services = Mapping[str, ServiceState]
Judgements = Mapping[str, Judgement]


class Story:
    """What was told already, and what the load balancers last complained of."""

    def __init__(self, world: World, cluster: str, say: Say) -> None:
        self._world = world
        self._cluster = cluster
        self._say = say
        self._told: set[tuple[str, str]] = set()
        self._events = Repeats()
        self._lines: dict[str, str] = {}
        self._complaints: dict[str, str] = {}
        self._asked: dict[str, float] = {}
        self._patience = min(HELD, world.settings.deploy.timeout / 2)

    def tell(self, services: Services, wanted: Mapping[str, str], judgements: Judgements, elapsed: float) -> None:
        """What is new since the last look, `elapsed` seconds after the first; a table where there is a terminal."""
        rows = [_row(row, wanted[name], judgements[name], elapsed) for name, row in services.items()]
        in_place = self._world.screen.show(rows)
        for row, service in zip(rows, services.values(), strict=True):
            self._happened(service, judgements[service.name])
            if judgements[service.name].verdict is Verdict.ROLLING and row.running > 0:
                self._listen(service)
                self._name_protected(service, wanted[service.name], row)
            if not in_place:
                self._line(row)

    def _line(self, row: Progress) -> None:
        """One line a process, whenever it changes."""
        ours = f"{row.running} running, {row.pending} pending, {row.failed} failed"
        line = f"{row.name}: {row.state}, {ours} of {row.desired}"
        if self._lines.get(row.name) != line:
            self._lines[row.name] = line
            self._say(f"  {row.elapsed:4.0f} s  {line}")

    def _happened(self, service: ServiceState, judgement: Judgement) -> None:
        """ECS's own events since the rollout began, the oldest first: of like ones the first, unless all are wanted."""
        if judgement.rollout is None:
            return
        for event in reversed(service.events):
            since = judgement.rollout.created
            if since is not None and event.at < since:
                continue
            text = readable(event.message)
            if self._world.verbose:
                self._once(service.name, event.id, f"          {event.message}")
            elif self._events.is_new(service.name, event.id, text):
                self._say(f"          {service.name}: {text}")

    def end(self) -> None:
        """The last lines: which events came more than once."""
        for line in self._events.summary():
            self._say(f"          {line}")

    def _listen(self, service: ServiceState) -> None:
        """Why tasks that run don't serve, in the load balancer's words."""
        try:
            found = [text for group in service.target_groups for text in self._world.targets.complaints(group)]
        except (NotReady, Unreachable):
            return
        if found:
            self._complaints[service.name] = f"({'; '.join(found)})"
        for text in found:
            self._once(service.name, text, f"  {service.name}: a target is not healthy: {text}")

    def complaint(self, name: str) -> str:
        """What was last heard of a process's targets, in brackets; empty if nothing was."""
        return self._complaints.get(name, "")

    def _name_protected(self, service: ServiceState, wanted: str, row: Progress) -> None:
        """Old tasks that do not go although the new ones are there."""
        others = sum(counts.running for definition, counts in service.tasks.items() if definition != wanted)
        waited = row.elapsed - self._asked.get(service.name, 0.0)
        if waited < self._patience or row.running < row.desired or not others:
            return
        self._asked[service.name] = row.elapsed
        try:
            held = self._world.services.quick.protected(self._cluster, service.name, wanted)
        except Unreachable:
            return
        for text in held:
            self._once(service.name, text, f"  {service.name}: held up by a protected task: {text}")

    def failures(self, name: str, tasks: Sequence[StoppedTask]) -> None:
        """Tasks that failed, of like ones the first, with its last log lines."""
        for task in reversed(failures(tasks)):
            if (name, likeness(task)) not in self._told:
                self._once(name, likeness(task), f"  {name}: task {task.arn.rsplit('/', 1)[-1]}: {describe(task)}")
                for line in last_words(self._world, self._cluster, name, task):
                    self._say(f"    {line}")

    def _once(self, name: str, key: str, line: str) -> None:
        if (name, key) not in self._told:
            self._told.add((name, key))
            self._say(line)


def _row(service: ServiceState, wanted: str, judgement: Judgement, elapsed: float) -> Progress:
    counts = service.tasks.get(wanted, Counts())
    rollout = judgement.rollout
    back = judgement.verdict is Verdict.ROLLING and rollout is not None and rollout.status.going_back
    newest = service.events[0] if service.events and rollout is not None else None
    return Progress(
        name=service.name,
        desired=service.desired,
        running=counts.running,
        pending=counts.pending,
        failed=counts.failed,
        state="going back" if back else judgement.verdict,
        elapsed=elapsed,
        event="" if newest is None else readable(newest.message),
    )

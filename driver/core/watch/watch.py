"""Watching a rollout: all processes of an app at once, until ECS has decided on each, or one of them has failed."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from functools import partial

from driver.core.ports import Rollout, Say, ServiceState, World
from driver.core.watch.progress import Story
from driver.core.watch.tolerate import Patience
from driver.core.watch.verdict import UNBORN, Judgement, Verdict, boot_loop, claim, follow, judge, moved, of_rollout

POLL = 2.0
"""Seconds between two looks; one look describes all services of the app."""
PATIENCE = 30.0
"""Seconds within which a deployment must have appeared after an update that changed the service."""

Found = Callable[[str, str], None]
"""Told the service and the ARN of each rollout that the verdict will be read from."""


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What each service shall come to run, by service name, and the rollouts that were there before.

    With `anew` a service that runs it already shall get a rollout too, as when it is restarted.
    """

    cluster: str
    task_definitions: Mapping[str, str]
    known: Set[str]
    anew: bool = False


def ignore(_service: str, _arn: str) -> None:
    """For those who need not know which rollouts were found."""


def watch(
    world: World, expectation: Expectation, timeout: float, say: Say, found: Found = ignore
) -> dict[str, Judgement]:
    """The judgement on every service, as soon as all are decided or one has failed. A boot loop is stopped here, sooner
    than ECS would. What has not been decided then, or when `timeout` (seconds) is over, comes back as ROLLING.
    """
    watching = _Watching(world, expectation, say, found)
    started = world.clock.now()
    try:
        while True:
            elapsed = world.clock.now() - started
            judgements = watching.look(elapsed)
            verdicts = {row.verdict for row in judgements.values()}
            if elapsed > timeout or Verdict.FAILED in verdicts or verdicts == {Verdict.SUCCEEDED}:
                return judgements
            watching.stop_boot_loops()
            world.clock.sleep(POLL)
    finally:
        world.screen.close()
        watching.end()


class _Watching:
    """What is known of a rollout while it is watched."""

    def __init__(self, world: World, expectation: Expectation, say: Say, found: Found) -> None:
        self._world = world
        self._ecs = world.services.quick
        self._expected = expectation
        self._say = say
        self._found = found
        self._patience = Patience(say)
        self._story = Story(world, expectation.cluster, say)
        self._claimed: dict[str, str] = {}
        self._loops: dict[str, str] = {}
        self._stuck: set[str] = set()
        self._services: Mapping[str, ServiceState] = {}
        self._judgements = {
            name: Judgement(verdict=Verdict.ROLLING, reason=UNBORN) for name in expectation.task_definitions
        }

    def end(self) -> None:
        """Say what is left to be said of it."""
        self._story.end()

    def look(self, elapsed: float) -> dict[str, Judgement]:
        """The judgements now; while AWS does not answer, those of the last look."""
        names = list(self._expected.task_definitions)
        services = self._patience.ask(lambda: self._ecs.describe(self._expected.cluster, names))
        if services is not None:
            self._services = services
            self._judgements = {name: self._judge(name, elapsed) for name in names}
            self._story.tell(services, self._expected.task_definitions, self._judgements, elapsed)
        return self._judgements

    def _judge(self, name: str, elapsed: float) -> Judgement:
        service, wanted = self._services.get(name), self._expected.task_definitions[name]
        if service is None:
            return Judgement(verdict=Verdict.FAILED, reason=f"the service {name} is gone")
        if name not in self._claimed:
            self._claim(service, wanted)
        if name in self._claimed:
            mine = self._followed(service, wanted)
            return self._judgements[name] if mine is None else self._in_our_words(name, judge(service, wanted, mine))
        judgement = judge(service, wanted, None)
        if self._expected.anew:
            judgement = Judgement(verdict=Verdict.FAILED, reason="ECS started no deployment")
        if all(row.arn in self._expected.known for row in service.rollouts):
            return self._unborn(judgement, elapsed)
        return judgement

    def _claim(self, service: ServiceState, wanted: str) -> None:
        """From here on the verdict is read from this rollout, whatever else ECS starts."""
        rollout = claim(service, wanted, self._expected.known)
        if rollout is not None:
            self._claimed[service.name] = rollout.arn
            self._patience.ask(lambda: self._found(service.name, rollout.arn))

    def _followed(self, service: ServiceState, wanted: str) -> Rollout | None:
        """The rollout that the verdict is read from; that it is another one than before is said."""
        name = service.name
        mine = next((row for row in service.rollouts if row.arn == self._claimed[name]), None)
        if mine is None:
            return None
        newest = follow(service, wanted, mine)
        if newest is not mine:
            self._claimed[name] = newest.arn
            self._say(f"  {name}: somebody has begun another deployment of the same; following that one")
            self._patience.ask(lambda: self._found(name, newest.arn))
        return newest

    def _unborn(self, judgement: Judgement, elapsed: float) -> Judgement:
        """ECS shows what an update started a little later."""
        if judgement.verdict is Verdict.FAILED and elapsed < PATIENCE:
            return Judgement(verdict=Verdict.ROLLING, reason=UNBORN)
        return judgement

    def _in_our_words(self, name: str, judgement: Judgement) -> Judgement:
        """What we know beside what ECS says: why its tasks stopped, and what the load balancer says of them."""
        if name in self._stuck and judgement.verdict is Verdict.ROLLING:
            judgement = replace(judgement, verdict=Verdict.FAILED)
        if judgement.verdict is not Verdict.FAILED:
            return judgement
        if judgement.superseded:
            return self._moved(name)
        if name in self._loops:
            return replace(judgement, cancelled=False, reason=f"its tasks kept stopping: {self._loops[name]}")
        complaint = self._story.complaint(name)
        return replace(judgement, reason=f"{judgement.reason} {complaint}") if complaint else judgement

    def _moved(self, name: str) -> Judgement:
        newest = self._services[name].rollouts[0]
        return moved(newest.task_definition, self._world.mover(self._expected.cluster, name, newest.created))

    def stop_boot_loops(self) -> None:
        """Tasks that keep failing in the same way won't succeed: ask ECS to go back now."""
        for name, judgement in self._judgements.items():
            mine = judgement.rollout
            if judgement.verdict is Verdict.ROLLING and mine is not None and self._short_of_tasks(name):
                self._patience.ask(partial(self._stop_boot_loop, name, mine))

    def _short_of_tasks(self, name: str) -> bool:
        """ECS counts no failure for a task that starts and ends soon, so the running ones are counted too."""
        service = self._services[name]
        counts = service.tasks.get(self._expected.task_definitions[name])
        return counts is None or counts.failed > 0 or counts.running < service.desired

    def _stop_boot_loop(self, name: str, mine: Rollout) -> None:
        wanted = self._expected.task_definitions[name]
        tasks = of_rollout(self._ecs.stopped_tasks(self._expected.cluster, name, wanted), mine)
        self._story.failures(name, tasks)
        reason = boot_loop(tasks)
        if reason is None or name in self._loops:
            return
        asked = self._ecs.roll_back(mine.arn)
        self._loops[name] = reason
        self._say(f"  {name}: its tasks keep stopping ({reason})" + "; asked ECS to go back" * asked)
        if not asked:
            # Final already, as the next look shows; or ECS has nothing to go back to and would try for ever.
            self._stuck.add(name)

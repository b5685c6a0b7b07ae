"""Rules of the release phase; with made-up time and a made-up ECS."""

from dataclasses import dataclass, field, replace

import pytest

from driver.core.ledger.journal import Record
from driver.core.overrides import within
from driver.core.ports import LogLine, TaskRequest, World
from driver.core.release_phase import phase
from driver.core.release_phase.live_log import Tail
from driver.core.release_phase.phase import Phase
from driver.core.values.common import Sidecar as Ended
from driver.core.values.release import Kind, Origin, Outcome, Release, Step, Verdict
from driver.errors import (
    DriverError,
    Interrupted,
    NeverStarted,
    NotPlaced,
    NotReady,
    OutOfMemory,
    Refused,
    ReleasePhaseFailed,
    StoppedOutside,
    TakenByAws,
    TimedOut,
    Unreachable,
)
from model.settings.app import Process
from model.settings.sidecars import Sidecar
from tests.driver.core.fake_platform import SETTINGS, Cloud, pin
from tests.fake_tasks import FakeTasks, Fate
from tests.fakes import FakeClock, FakeLogs

DEFINITION = "arn:aws:ecs:eu-west-1:0:task-definition/dev-shop-release:2"
NAMES = SETTINGS.names("shop")
PHASE = Phase(names=NAMES, task_definition=DEFINITION, subnets=("subnet-1",), security_group="sg-1")


@dataclass
class Impatient(FakeClock):
    """A person presses Ctrl-C at these times."""

    presses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if self.presses and self.time >= self.presses[0]:
            self.presses.pop(0)
            raise KeyboardInterrupt


@dataclass
class Site:
    """An app on its way to v2, of which nothing has run yet."""

    clock: FakeClock = field(default_factory=FakeClock)
    logs: FakeLogs = field(default_factory=FakeLogs)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cloud = Cloud(pin(1), clock=self.clock)
        self.tasks = FakeTasks(self.clock)
        self.record = Record.start(self.world, "shop", pin(2, "b"), Kind.DEPLOY, Origin(tag="b"))

    @property
    def world(self) -> World:
        return replace(self.cloud.world, tasks=self.tasks, logs=self.logs)

    @property
    def release(self) -> Release:
        return self.cloud.ledger.rows["shop", 2]

    def run(self, *, release_timeout: int | None = None) -> None:
        world = within(self.world, release_timeout=release_timeout)
        phase.run(world, PHASE, self.record, self.told.append)

    def killed(self) -> None:
        """What the ledger has is all that the next command knows."""
        self.record = Record(self.world, self.release)

    def settle(self) -> None:
        phase.settle(self.world, NAMES, self.told.append)

    def printed(self, *lines: str) -> None:
        """What the first task prints, by now."""
        stream = f"ecs/app/{1:032x}"
        self.logs.groups[NAMES.process("release").log_group] = [LogLine(at=0, stream=stream, message=x) for x in lines]


def request(who: str) -> TaskRequest:
    return TaskRequest(
        cluster="dev", task_definition=DEFINITION, subnets=(), security_groups=(), started_by=who, token=who
    )


@pytest.fixture
def site() -> Site:
    return Site()


def test_the_attempt_is_in_the_ledger_before_its_task_and_the_task_before_anybody_waits(site: Site) -> None:
    site.tasks.lost, site.tasks.silent = 0, 1e9
    with pytest.raises(Unreachable):
        site.run()
    (attempt,) = site.release.attempts
    assert attempt.task == next(iter(site.tasks.tasks))
    assert (attempt.group, attempt.stream) == (NAMES.process("release").log_group, f"ecs/app/{1:032x}")


def test_a_release_process_that_ends_with_0_is_written_down_with_its_log(site: Site) -> None:
    site.printed("Applying 0002... OK")
    site.run()
    (attempt,) = site.release.attempts
    assert (attempt.outcome, attempt.exit_code, attempt.ended is None) == (Outcome.SUCCEEDED, 0, False)
    assert "  release | Applying 0002... OK" in site.told


@pytest.mark.parametrize(
    ("fate", "error", "words"),
    [
        (Fate(exit_code=1), ReleasePhaseFailed, "the release process failed: Essential container .*; exit code 1"),
        (Fate(exit_code=137), ReleasePhaseFailed, "the release process failed: .*exit code 137"),
        (
            Fate(exit_code=137, container_reason="OutOfMemoryError: Container killed due to memory usage"),
            OutOfMemory,
            "ran out of memory: .*OutOfMemoryError",
        ),
        (
            Fate(exit_code=None, stop_code="TaskFailedToStart", reason="CannotPullContainerError: not found"),
            NeverStarted,
            "never started: CannotPullContainerError",
        ),
        (
            Fate(exit_code=None, stop_code="TaskFailedToStart", reason="ResourceInitializationError: no secret"),
            NeverStarted,
            "never started: ResourceInitializationError",
        ),
        (
            Fate(exit_code=None, stop_code="TaskFailedToStart", reason="... InsufficientFreeAddressesInSubnet ..."),
            NotPlaced,
            "no place for the release process: .*InsufficientFreeAddresses",
        ),
        (Fate(exit_code=0, stop_code="SpotInterruption", reason="Spot"), TakenByAws, "which is not the app's doing"),
        (Fate(exit_code=143, stop_code="UserInitiated", reason="ops"), StoppedOutside, "by somebody else: ops"),
    ],
)
def test_each_way_to_fail_has_words_of_its_own(site: Site, fate: Fate, error: type[DriverError], words: str) -> None:
    site.tasks.fate = fate
    site.printed("the last words")
    with pytest.raises(error, match=words) as failed:
        site.run()
    assert type(failed.value) is error
    assert failed.value.code == ReleasePhaseFailed.code
    assert "services are untouched" in failed.value.message
    assert "the last words" in failed.value.message
    assert site.release.open_attempt is None


def test_a_task_that_ecs_refuses_was_not_placed_and_says_why(site: Site) -> None:
    site.tasks.refusal = "RESOURCE:ENI"
    with pytest.raises(NotPlaced, match="no place for the release process; services are untouched: RESOURCE:ENI"):
        site.run()
    assert site.release.attempts[0].outcome is Outcome.NOT_PLACED


def test_what_aws_refuses_for_another_reason_than_room_is_no_lack_of_place(site: Site) -> None:
    site.tasks.refusal = "AccessDeniedException: not authorized to perform: iam:PassRole"
    with pytest.raises(Refused, match=r"AWS refused to start the release process; .*: AccessDenied.*PassRole") as told:
        site.run()
    assert (site.release.attempts[0].outcome, "slipway releases retry dev shop v2" in told.value.hint) == (
        Outcome.REFUSED,
        True,
    )


def test_the_token_of_a_first_attempt_is_another_one_in_the_next_life_of_an_environment(site: Site) -> None:
    site.run()
    site.clock.sleep(60)
    again = Site(clock=site.clock)
    again.run()
    tokens = {row.tasks.requests[0].token for row in (site, again)}
    assert len(tokens) == 2 and all(len(token) <= 64 for token in tokens)


def proxied(site: Site, *, essential: bool = True) -> World:
    """The shop with a release process that has a sidecar."""
    world, beside = site.world, Sidecar(image="proxy:1", essential=essential)
    shop = world.settings.apps["shop"]
    processes = {**shop.processes, "release": Process(sidecars={"proxy": beside})}
    apps = {"shop": shop.model_copy(update={"processes": processes})}
    return replace(world, settings=world.settings.model_copy(update={"apps": apps}))


@pytest.mark.parametrize(
    ("code", "proxy", "ended", "essential", "well"),
    [
        (0, 1, frozenset(), True, False),
        (0, 0, {"proxy"}, True, False),
        (143, 1, frozenset(), True, False),
        (0, 143, frozenset(), True, True),
        (0, 2, {"app"}, True, True),
        (0, 2, {"app", "proxy"}, True, False),
        (0, 1, frozenset(), False, True),
    ],
)
def test_one_that_an_essential_sidecar_took_along_has_failed_whatever_it_ended_with(
    site: Site, code: int, proxy: int, ended: set[str], essential: bool, well: bool
) -> None:
    beside = (Ended(name="proxy", exit_code=proxy, reason="it fell"),)
    site.tasks.fate = Fate(exit_code=code, beside=beside, ended=frozenset(ended))
    world = proxied(site, essential=essential)
    if well:
        phase.run(world, PHASE, site.record, site.told.append)
    else:
        with pytest.raises(ReleasePhaseFailed, match=f"sidecar ended before it: .*proxy with {proxy}"):
            phase.run(world, PHASE, site.record, site.told.append)
    assert (site.release.attempts[0].outcome is Outcome.SUCCEEDED) is well


def test_a_line_that_comes_just_within_the_time_is_shown(site: Site) -> None:
    """The last look is after the time that is promised, and not a second before."""
    tail = Tail(site.logs, NAMES.process("release").log_group, f"ecs/app/{1:032x}", site.told.append)

    class Late(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if self.time >= 4.5:
                site.printed("the last word")

    tail.read_until_quiet(Late())
    assert [line.message for line in tail.lines] == ["the last word"]


def test_the_log_of_one_that_went_well_is_waited_for_as_long_as_that_of_one_that_did_not(site: Site) -> None:
    tail = phase.run(site.world, PHASE, site.record, site.told.append)
    site.clock.sleep(3)
    site.printed("late")
    before = site.clock.time
    tail.read_until_quiet(site.clock)
    assert "  release | late" in site.told and site.clock.time - before < 10
    before = site.clock.time
    tail.read_until_quiet(site.clock)
    assert site.clock.time == before


def test_the_log_of_a_failed_one_is_read_on_until_it_is_quiet(site: Site) -> None:
    site.tasks.fate = Fate(exit_code=1)
    with pytest.raises(ReleasePhaseFailed):
        site.run()
    assert site.clock.time >= site.tasks.fate.seconds + 5


def test_one_that_does_not_end_in_time_is_stopped_and_seen_to_end(site: Site) -> None:
    site.tasks.fate = Fate(seconds=1e6)
    with pytest.raises(TimedOut, match="did not end in time and was stopped"):
        site.run(release_timeout=20)
    assert site.tasks.unstopped("dev", "dev-shop-release") == []
    assert (site.release.attempts[0].outcome, site.release.attempts[0].exit_code) == (Outcome.TIMED_OUT, 143)


def test_an_ecs_that_throttles_for_minutes_is_borne_with(site: Site) -> None:
    site.tasks.silent = 200
    site.run()
    assert site.release.attempts[0].outcome is Outcome.SUCCEEDED


def test_a_lost_answer_of_ecs_starts_no_second_task(site: Site) -> None:
    site.tasks.lost = 1
    site.run()
    assert len(site.tasks.requests) == len(site.tasks.tasks) == 1
    assert site.release.attempts[0].outcome is Outcome.SUCCEEDED


def test_where_nobody_knows_whether_there_is_a_task_the_attempt_stays_open(site: Site) -> None:
    site.tasks.lost = 1
    site.tasks.started_by = lambda cluster, task_definition, who: []  # type: ignore[method-assign]
    with pytest.raises(Unreachable) as failed:
        site.run()
    assert "looks for it before it starts another one" in failed.value.hint
    assert site.release.open_attempt is not None


def test_two_are_never_run_at_once(site: Site) -> None:
    site.tasks.fate = Fate(seconds=1e6)
    site.tasks.run(request("somebody else"))
    with pytest.raises(NotReady, match="still runs: arn:aws:ecs"):
        site.run()
    assert site.release.attempts == ()


def test_each_attempt_has_a_token_and_a_mark_of_its_own_and_both_fit(site: Site) -> None:
    site.tasks.fate = Fate(exit_code=1)
    for _ in range(2):
        with pytest.raises(ReleasePhaseFailed):
            site.run()
    first, second = site.tasks.requests
    assert first.token != second.token
    assert (first.started_by, second.started_by) == ("slipway/shop/v2/1", "slipway/shop/v2/2")
    assert max(len(row.token) for row in site.tasks.requests) <= 64
    assert len(site.tasks.tasks) == 2


def test_ctrl_c_stops_the_task_and_sees_it_end() -> None:
    site = Site(clock=Impatient(presses=[4.0]))
    site.tasks.fate = Fate(seconds=1e6)
    with pytest.raises(Interrupted, match="and the release process with it: it ended with exit code 143"):
        site.run()
    assert site.tasks.unstopped("dev", "dev-shop-release") == []
    assert site.release.attempts[0].outcome is Outcome.STOPPED


def test_a_second_ctrl_c_waits_no_longer_and_the_next_command_sees_it_end() -> None:
    site = Site(clock=Impatient(presses=[4.0, 6.0]))
    site.tasks.fate, site.tasks.grace = Fate(seconds=1e6), 60.0
    with pytest.raises(Interrupted, match="told to end, but has not ended yet"):
        site.run()
    assert site.release.open_attempt is not None
    site.settle()
    assert site.release.attempts[0].outcome is Outcome.STOPPED


def test_a_run_whose_driver_was_killed_is_followed_to_its_end_by_the_next_command(site: Site) -> None:
    site.tasks.fate = Fate(seconds=100)
    attempt = site.record.begin_attempt(DEFINITION)
    phase._start(site.world, PHASE, site.record, attempt)
    site.killed()
    site.settle()
    assert site.clock.time >= 100
    assert site.release.attempts[0].outcome is Outcome.SUCCEEDED
    assert any("following its release process" in line for line in site.told)


def test_a_run_of_which_only_the_number_was_written_is_found_by_its_mark(site: Site) -> None:
    site.record.begin_attempt(DEFINITION)
    site.tasks.run(request("slipway/shop/v2/1"))
    site.killed()
    site.settle()
    (attempt,) = site.release.attempts
    assert (attempt.outcome, bool(attempt.task)) == (Outcome.SUCCEEDED, True)


def test_a_run_that_was_never_started_is_looked_for_until_ecs_would_list_it(site: Site) -> None:
    site.record.begin_attempt(DEFINITION)
    site.killed()
    site.settle()
    assert site.clock.time >= 14
    assert site.release.attempts[0].outcome is Outcome.NEVER_STARTED


def test_a_run_that_ecs_has_forgotten_has_an_unknown_end(site: Site) -> None:
    site.record.begin_attempt(DEFINITION)
    site.record.attempt_runs(1, "arn:gone", "group", "stream")
    site.killed()
    site.clock.sleep(2 * 3600)
    site.settle()
    assert site.release.attempts[0].outcome is Outcome.UNKNOWN


def test_while_ecs_does_not_answer_nothing_is_decided_of_a_run(site: Site) -> None:
    site.record.begin_attempt(DEFINITION)
    site.record.attempt_runs(1, "arn:somewhere", "group", "stream")
    site.killed()
    site.tasks.silent = 1e9
    with pytest.raises(Unreachable):
        site.settle()
    assert site.release.open_attempt is not None


def test_ctrl_c_while_waiting_for_somebody_elses_run_leaves_it_alone() -> None:
    site = Site(clock=Impatient())
    site.tasks.fate = Fate(seconds=1e6)
    phase._start(site.world, PHASE, site.record, site.record.begin_attempt(DEFINITION))
    site.killed()
    site.clock.presses = [5.0]  # type: ignore[attr-defined]
    with pytest.raises(Interrupted, match="the release process of v2 goes on"):
        site.settle()
    assert site.tasks.unstopped("dev", "dev-shop-release") != []
    assert site.release.open_attempt is not None


def test_a_release_process_that_went_well_before_a_kill_is_not_run_again_for_the_same_content(site: Site) -> None:
    site.run()
    site.record.cut_off()
    past = site.cloud.ledger.releases("shop")
    assert phase.done_before(past, pin(3, "b")) == past[0]
    assert phase.done_before(past, pin(3, "c")) is None
    rolled = past[0].model_copy(update={"steps": (*past[0].steps, Step(name=phase.ROLL_OUT, at=site.clock.utc()))})
    assert phase.done_before([rolled], pin(3, "b")) is None
    good = past[0].model_copy(update={"verdict": Verdict.SUCCEEDED})
    assert phase.done_before([good], pin(3, "b")) is None

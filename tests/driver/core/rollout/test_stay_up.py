from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from driver.core.ports import ServiceState, StoppedTask, TaskRequest, TaskState, World
from driver.core.rollout.stay_up import stay_up
from driver.core.rollout.trial import Place, prove
from driver.core.watch.verdict import Judgement, Verdict
from driver.core.watch.watch import Expectation
from driver.errors import NotPlaced
from model.settings.environment import Settings
from tests.driver.core.fake_platform import SETTINGS
from tests.driver.core.scripted_services import AT, NEW, Script, crashed, rollout, service

EXPECTED = Expectation(cluster="dev", task_definitions={"shop-worker": NEW}, known=frozenset())
UP = {"shop-worker": Judgement(verdict=Verdict.SUCCEEDED, rollout=rollout("SUCCESSFUL"))}
PLACE = Place(subnets=("subnet-1",), security_group="sg-1")
SECONDS = 60


def settings() -> Settings:
    return SETTINGS.model_copy(update={"deploy": SETTINGS.deploy.model_copy(update={"proof": SECONDS})})


def world(stopped: Sequence[StoppedTask] = ()) -> World:
    states: dict[str, ServiceState] = service(rollout("SUCCESSFUL"), name="shop-worker")
    return replace(Script({0: states}, stopped=stopped).world, settings=settings())


def test_a_worker_that_stays_up_is_proven_after_the_proof_time() -> None:
    here = world()
    assert stay_up(here, EXPECTED, UP, ["shop-worker"], print) == {}
    assert here.clock.now() == SECONDS


def test_a_worker_that_exits_within_the_proof_time_has_failed() -> None:
    failed = stay_up(world([crashed(1)]), EXPECTED, UP, ["shop-worker"], print)
    assert "did not stay up" in failed["shop-worker"].reason


def test_a_task_that_crashed_before_the_rollout_proves_nothing_against_it() -> None:
    old = replace(crashed(1), created=AT - timedelta(minutes=10))
    assert stay_up(world([old]), EXPECTED, UP, ["shop-worker"], print) == {}


def test_what_runs_on_without_a_rollout_needs_no_new_proof() -> None:
    here = world([crashed(1)])
    assert stay_up(here, EXPECTED, {"shop-worker": Judgement(verdict=Verdict.SUCCEEDED)}, ["shop-worker"], print) == {}
    assert here.clock.now() == 0


@dataclass
class FakeTasks:
    """One-off tasks that are all in one state."""

    state: TaskState
    placed: bool = True
    started: list[TaskRequest] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    def run(self, request: TaskRequest) -> str:
        if not self.placed:
            raise NotPlaced("RESOURCE:ENI")
        self.started.append(request)
        return f"arn:task/dev/{len(self.started)}"

    def describe(self, cluster: str, task: str) -> TaskState:
        return self.state

    def unstopped(self, cluster: str, family: str) -> Sequence[str]:
        return []

    def started_by(self, cluster: str, task_definition: str, who: str) -> Sequence[str]:
        return []

    def stop(self, cluster: str, task: str, reason: str) -> None:
        self.stopped.append(task)


def tried(tasks: FakeTasks, told: list[str] | None = None) -> tuple[dict[str, Judgement], float]:
    here, said = replace(world(), tasks=tasks), [] if told is None else told
    return dict(prove(here, EXPECTED, PLACE, ["shop-worker"], said.append)), here.clock.now()


def test_a_process_at_zero_is_proven_by_one_task_that_is_stopped_then() -> None:
    tasks = FakeTasks(TaskState(arn="1", status="RUNNING", stopped=None))
    told: list[str] = []
    assert tried(tasks, told) == ({}, SECONDS)
    assert told[-1] == "  shop-worker: proven: its trial stayed up"
    assert [request.task_definition for request in tasks.started] == [NEW]
    assert tasks.stopped == ["arn:task/dev/1"]


def test_its_own_health_check_proves_it_sooner() -> None:
    assert tried(FakeTasks(TaskState(arn="1", status="RUNNING", stopped=None, healthy=True))) == ({}, 0)


def test_a_trial_that_exits_fails_its_process() -> None:
    failed, _time = tried(FakeTasks(TaskState(arn="1", status="STOPPED", stopped=crashed(1))))
    assert "its trial did not stay up: Essential container in task exited" in failed["shop-worker"].reason


def test_a_trial_that_never_starts_fails_its_process_and_is_stopped() -> None:
    tasks = FakeTasks(TaskState(arn="1", status="PENDING", stopped=None))
    assert "not proven in time" in tried(tasks)[0]["shop-worker"].reason
    assert tasks.stopped == ["arn:task/dev/1"]


def test_a_trial_that_can_not_be_placed_fails_its_process() -> None:
    failed, _time = tried(FakeTasks(TaskState(arn="1", status="", stopped=None), placed=False))
    assert "RESOURCE:ENI" in failed["shop-worker"].reason

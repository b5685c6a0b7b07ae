from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from driver.core import one_off
from driver.core.one_off import Asked
from driver.core.ports import Definition, LogLine, World
from driver.core.ports.one_off import OneOff
from driver.errors import Interrupted, InvalidInput, NeverStarted, NotFound, NotReady, TimedOut, Unreachable
from model.container_definition import log_stream
from model.releases import BOOTSTRAP
from tests.driver.core.fake_platform import Cloud, pin, task
from tests.fake_tasks import FakeTasks, Fate
from tests.fakes import FakeLogs

ASKED = Asked(app="shop", command=("rake", "db:seed"), token="0123")


@dataclass
class Registry:
    """The task definitions of one-off tasks, as they are registered and let go."""

    asked: list[OneOff] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def register(self, asked: OneOff) -> str:
        self.asked.append(asked)
        return "arn:run:1"

    def let_go(self, task_definition: str) -> None:
        self.gone.append(task_definition)


def world(cloud: Cloud | None = None, fate: Fate | None = None) -> tuple[World, FakeTasks]:
    cloud = cloud or Cloud(pin(7))
    cloud.says[task("web", 7)] = Definition(keys=frozenset({"SECRET_KEY"}), cpu=256, memory=512)
    tasks = FakeTasks(cloud.clock)
    tasks.fate = fate or Fate(seconds=2)
    ecs: Any = tasks
    return replace(cloud.world, tasks=ecs), tasks


def ran(fate: Fate, seconds: float = 60) -> tuple[int, list[str]]:
    """The exit code of a task with that fate, and what was shown."""
    here, _tasks = world(fate=fate)
    plan, shown = one_off.plan(here, ASKED), []
    arn = one_off.start(here, Registry(), plan, lambda _line: None)
    line = LogLine(at=0, stream=log_stream(arn), message="seeded")
    here = replace(here, logs=FakeLogs({plan.group: [line]}))
    return one_off.follow(here, plan, arn, shown.append, lambda _line: None, seconds), shown


def test_it_is_like_web_with_the_releases_config_and_its_definition_is_let_go_at_once() -> None:
    here, tasks = world()
    plan, registry = one_off.plan(here, replace(ASKED, environment={"DEBUG": "1"})), Registry()
    one_off.start(here, registry, plan, lambda _line: None)
    assert registry.asked == [
        OneOff(base=task("web", 7), family="dev-shop-run", command=("rake", "db:seed"), cpu=256, memory=512)
    ]
    assert registry.gone == ["arn:run:1"]
    (started,) = tasks.tasks.values()
    assert (started.request.task_definition, started.request.environment) == ("arn:run:1", {"DEBUG": "1"})
    assert plan.release == "v7"


@pytest.mark.parametrize("code", [0, 1, 42, 137])
def test_its_exit_code_goes_through_with_all_that_it_printed(code: int) -> None:
    assert ran(Fate(seconds=2, exit_code=code)) == (code, ["seeded"])


def test_one_that_never_ran_and_one_that_takes_too_long_are_failures_of_their_own() -> None:
    with pytest.raises(NeverStarted, match=r"the task never ran: .*CannotPullContainer"):
        ran(Fate(exit_code=None, stop_code="TaskFailedToStart", reason="CannotPullContainerError"))
    with pytest.raises(TimedOut, match="not ended after 5 s"):
        ran(Fate(seconds=100), 5)


class Impatient(FakeLogs):
    """Whoever reads this log is interrupted once; the task is stopped then."""

    error: type[BaseException] = KeyboardInterrupt

    def stream(self, group: str, stream: str, after: str | None) -> tuple[Sequence[LogLine], str | None]:
        error, self.error = self.error, None  # type: ignore[assignment]
        if error is not None:
            raise error
        return [], None


def test_ctrl_c_stops_the_task_and_so_does_a_reader_that_goes_away() -> None:
    for error, raised in ((KeyboardInterrupt, Interrupted), (BrokenPipeError, BrokenPipeError)):
        here, tasks = world(fate=Fate(seconds=1000))
        plan = one_off.plan(here, ASKED)
        arn = one_off.start(here, Registry(), plan, lambda _line: None)
        logs = Impatient()
        logs.error = error
        with pytest.raises(raised):
            one_off.follow(replace(here, logs=logs), plan, arn, lambda _line: None, lambda _line: None)
        assert tasks.tasks[arn].stopped is not None


def test_a_line_in_one_piece_is_for_a_shell_and_words_are_words() -> None:
    assert one_off.words(("ls | wc -l",)) == ("sh", "-c", "ls | wc -l")
    assert one_off.words(("ls",)) == ("ls",)
    assert one_off.words(("echo", "a b")) == ("echo", "a b")


@pytest.mark.parametrize(
    ("size", "found"),
    [(None, (256, 512)), ("1024", (1024, 2048)), ("512", (512, 1024)), ("1024/4096", (1024, 4096))],
)
def test_a_size_is_the_processs_own_or_one_that_fargate_has(size: str | None, found: tuple[int, int]) -> None:
    assert one_off.size_of(size, 256, 512) == found


@pytest.mark.parametrize("size", ["big", "1024/", "300", "256/9999", "1/2/3", ""])
def test_a_size_that_fargate_has_not_is_refused_with_those_that_it_has(size: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        one_off.size_of(size, 256, 512)
    assert refused.value.hint


class Forgetful:
    """An ECS that knows no task definition."""

    def definitions(self, arns: Sequence[str]) -> dict[str, Definition]:
        return {}


def test_what_can_not_run_is_refused_before_anything_is_registered() -> None:
    here, _tasks = world()
    with pytest.raises(NotFound, match="has no process cron"):
        one_off.plan(here, replace(ASKED, process="cron"))
    with pytest.raises(InvalidInput, match="SECRET_KEY comes from the config"):
        one_off.plan(here, replace(ASKED, environment={"SECRET_KEY": "x"}))
    with pytest.raises(NotReady, match="has no release in dev yet"):
        one_off.plan(world(Cloud(BOOTSTRAP))[0], ASKED)
    forgetful: Any = Forgetful()
    with pytest.raises(NotReady, match="no task definition of worker any more"):
        one_off.plan(replace(here, services=forgetful), replace(ASKED, process="worker"))


def test_where_ecs_stops_answering_it_is_said_how_to_end_the_task() -> None:
    here, tasks = world(fate=Fate(seconds=1000))
    plan = one_off.plan(here, ASKED)
    arn = one_off.start(here, Registry(), plan, lambda _line: None)
    tasks.silent = 10_000
    with pytest.raises(Unreachable) as failed:
        one_off.follow(here, plan, arn, lambda _line: None, lambda _line: None)
    assert "aws ecs stop-task --cluster dev" in failed.value.hint

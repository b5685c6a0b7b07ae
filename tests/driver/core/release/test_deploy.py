"""Rules of what comes before and after a release process in a deploy; with a made-up cloud."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from driver.core.ledger.journal import Record
from driver.core.ports import Change, Config, Image, Say, Update, World
from driver.core.preflight.plan import Plan, Request
from driver.core.release import deploy
from driver.core.values.checkpoint import Resource, StackState
from driver.core.values.release import Kind, Outcome, Release, Verdict
from driver.core.values.secret import SecretValues
from driver.errors import EngineFailed, NotReady, ReleasePhaseFailed, Unreachable
from model.names.pulumi_types import APP, TASK_DEFINITION
from model.settings.app import App, Process
from tests.driver.core.fake_platform import SETTINGS, STACK, Cloud, image, pin, task
from tests.fake_tasks import FakeTasks, Fate

SHOP = App(processes={"web": Process(port=8000), "worker": Process(), "release": Process()})


@dataclass
class Town(Cloud):
    """A cloud whose app has a release process; `broken_engine` fails to register it."""

    broken_engine: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tasks = FakeTasks(self.clock)
        self.candidates: list[Update] = []

    @property
    def world(self) -> World:
        return replace(super().world, tasks=self.tasks)

    def read(self, env: str) -> StackState:
        urn = f"{STACK}{APP}${TASK_DEFINITION}::shop.release"
        outputs = {"arn": task("release", len(self.candidates))}
        made = Resource(urn=urn, kind=TASK_DEFINITION, name="shop.release", parent="", outputs=outputs)
        return StackState(resources=[*super().read(env).resources, made])

    def up(self, update: Update, progress: Say) -> Sequence[Change]:
        if update.candidate is None:
            return super().up(update, progress)
        if self.broken_engine:
            raise EngineFailed("the engine failed")
        self.candidates.append(update)
        (urn,) = update.targets
        arn = task("release", len(self.candidates))
        return [Change(operation="replace", kind=TASK_DEFINITION, name="shop.release", urn=urn, arn=arn)]

    def deploy(self, letter: str, app: App = SHOP, **values: str) -> Sequence[str]:
        """Deploy the image of that letter; the story."""
        stack, told = self.read("dev"), list[str]()
        state = stack.app("shop")
        assert state is not None
        plan = Plan(
            request=Request(app="shop", image=letter),
            names=SETTINGS.names("shop"),
            app=app,
            stack=stack,
            state=state,
            image=Image(reference=image(letter), digest=image(letter).split("@")[1], tags=(letter,)),
            config=Config(path="dev/shop", version=4, created="now", values=SecretValues({"A": "1", **values})),
            token=f"config-{letter}",
            past=self.ledger.releases("shop"),
        )
        deploy.carry_out(self.world, plan, told.append)
        return told

    def release(self, number: int) -> Release:
        return self.ledger.rows["shop", number]


@pytest.fixture
def town() -> Town:
    return Town(pin(1))


def test_a_release_process_that_ends_with_0_is_followed_by_the_rollout(town: Town) -> None:
    town.deploy("b")
    release = town.release(2)
    assert (release.verdict, release.config_version, release.release_task) == ("succeeded", 4, task("release", 1))
    names = [step.name for step in release.steps]
    assert names[:3] == ["register the release process", "run the release process", "roll out"]
    assert all(step.ended for step in release.steps)


def test_a_release_process_that_fails_leaves_the_services_alone(town: Town) -> None:
    town.tasks.fate = Fate(exit_code=1)
    with pytest.raises(ReleasePhaseFailed):
        town.deploy("b")
    assert town.release(2).verdict is Verdict.RELEASE_FAILED
    assert town.updates == []


def test_a_release_process_that_can_not_be_registered_is_the_end_of_the_release(town: Town) -> None:
    town.broken_engine = True
    with pytest.raises(EngineFailed):
        town.deploy("b")
    assert (town.release(2).verdict, town.release(2).attempts) == (Verdict.RELEASE_FAILED, ())
    assert town.tasks.requests == []


def test_a_release_is_not_over_while_nobody_knows_what_became_of_its_release_process(town: Town) -> None:
    town.tasks.silent = 1e9
    with pytest.raises(Unreachable):
        town.deploy("b")
    assert town.release(2).verdict is Verdict.STARTED
    town.tasks.silent = 0
    told = town.deploy("b")
    assert "v2 was cut off before anything ran it" in told
    assert "the release process of v2, of the same image and config, ended with 0: not run again" in told
    assert len(town.tasks.requests) == 1
    assert [step.name for step in town.release(3).steps][:2] == ["skip the release process", "roll out"]
    assert (town.release(2).verdict, town.release(3).verdict) == ("failed", "succeeded")
    assert town.release(3).release_task == town.release(2).release_task != ""


def test_other_code_after_a_kill_has_its_own_release_process(town: Town) -> None:
    record = Record.start(town.world, "shop", pin(2, "b"), Kind.DEPLOY)
    record.attempt_ended(record.begin_attempt(task("release", 1)).number, Outcome.SUCCEEDED, 0)
    town.deploy("c")
    assert [row.started_by for row in town.tasks.requests] == ["slipway/shop/v3/1"]


def test_a_ledger_that_is_down_at_the_end_does_not_hide_what_happened(town: Town) -> None:
    def refuse(release: Release) -> None:
        if release.verdict is not Verdict.STARTED:
            raise Unreachable("the ledger is down")
        town.ledger.rows["shop", release.number] = release

    town.tasks.fate = Fate(exit_code=1)
    town.ledger.write = refuse  # type: ignore[method-assign]
    with pytest.raises(ReleasePhaseFailed, match="exit code 1"):
        town.deploy("b")


COUNTED = {
    "web": Process(port=8000),
    "worker": Process.model_validate({"scaling": {"min": 1, "max": 2, "backlog": 5}}),
    "release": Process(),
}
QUEUED = App(processes=COUNTED)


def test_the_token_is_published_with_the_config_for_whoever_counts_the_jobs(town: Town) -> None:
    told = town.deploy("b", QUEUED, HIREFIRE_TOKEN="s3cret")
    assert {secret: dict(values) for secret, values in town.secrets.current.items()} == {
        "dev/shop/hirefire": {"HIREFIRE_TOKEN": "s3cret"}
    }
    assert "s3cret" not in " ".join(told)


def test_without_a_token_a_release_goes_on_and_tells_what_is_missing(town: Town) -> None:
    told = town.deploy("b", QUEUED)
    assert town.release(2).verdict == "succeeded"
    assert town.secrets.current == {}
    assert any("the jobs of worker are not counted" in line for line in told)
    assert any("slipway config set dev shop HIREFIRE_TOKEN" in line for line in told)


def test_a_secret_that_is_not_there_yet_stops_no_release(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(secret: str, _values: SecretValues) -> None:
        raise NotReady(f"there is no secret {secret}", hint="It is made by: slipway up dev")

    monkeypatch.setattr(town.secrets, "replace", missing)
    told = town.deploy("b", QUEUED, HIREFIRE_TOKEN="s3cret")
    assert town.release(2).verdict == "succeeded"
    assert any("slipway up dev" in line for line in told)
    assert "s3cret" not in " ".join(told)


def test_an_app_whose_jobs_nobody_counts_publishes_no_token(town: Town) -> None:
    town.deploy("b", HIREFIRE_TOKEN="s3cret")
    assert town.secrets.current == {}

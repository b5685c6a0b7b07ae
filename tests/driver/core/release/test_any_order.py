"""Releases in any order, with kills at any write and other people's hands between: whatever was before, the next good
deploy ends well, and the ledger says what runs. The clouds are made up, so that thousands of steps take seconds.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from driver.core.drift import adopt as adoption
from driver.core.drift import drift
from driver.core.ledger import running
from driver.core.ports import Change, Config, Say, Update, World
from driver.core.release import recovery, rollback
from driver.core.rollout import restart
from driver.core.values import release as ledger
from driver.core.values.release import RUNS, Ran, Release, Verdict
from driver.core.values.secret import SecretValues
from driver.core.watch import settle
from driver.errors import DriverError
from model.releases import Pin
from tests.driver.core.drift.test_drift import FakeShapes
from tests.driver.core.fake_platform import PROCESSES, SETTINGS, pin, task
from tests.driver.core.release.test_deploy import Town
from tests.fake_tasks import Fate
from tests.fakes import FakeLedger

GOOD, BAD = "abe", {"c": ("web",), "d": ("worker", "web")}
SEEDS, STEPS, EVERY = 8, 150, 6
NAMES, APP = SETTINGS.names("shop"), SETTINGS.apps["shop"]


class Killed(BaseException):
    """The driver got SIGKILL: nothing of it runs any more."""


@dataclass
class Fuse:
    """So many writes happen before the driver is killed; below 0 it lives on."""

    left: int = -1

    def burn(self) -> None:
        if self.left == 0:
            self.left = -1
            raise Killed
        self.left = max(self.left - 1, -1)


@dataclass
class Written(FakeLedger):
    """A ledger whose writers may be killed before a write and after it."""

    fuse: Fuse = field(default_factory=Fuse)

    def start(self, draft: Release) -> Release:
        self.fuse.burn()
        made = super().start(draft)
        self.fuse.burn()
        return made

    def write(self, release: Release) -> None:
        self.fuse.burn()
        super().write(release)
        self.fuse.burn()


@dataclass
class Walked(Town):
    """A town whose driver may be killed."""

    fuse: Fuse = field(default_factory=Fuse)
    said: list[str] = field(default_factory=list)

    def up(self, update: Update, progress: Say) -> Sequence[Change]:
        self.fuse.burn()
        done = super().up(update, progress)
        self.fuse.burn()
        return done

    def roll(self, process: str, definition: str, letter: str = "a") -> None:
        image = self.says[definition].image if definition in self.says else ""
        super().roll(process, definition, image[-1:] or letter)

    def rest(self) -> World:
        """Everything at rest, as each command that releases makes it first."""
        world = self.world
        state = self.read("dev").app("shop")
        assert state is not None
        recovery.at_rest(world, NAMES, APP, state, self.said.append)
        return world


def built() -> Walked:
    fuse = Fuse()
    town = Walked(pin(1), ledger=Written(fuse=fuse), fuse=fuse)
    town.broken = {(process, letter) for letter, processes in BAD.items() for process in processes}
    for letter in "abcde":
        town.secrets.publish(
            "dev/shop", Config(path="p", version=1, created="t", values=SecretValues({})), f"config-{letter}"
        )
    town.deploy("a")
    return town


def deploys(town: Walked, dice: random.Random) -> None:
    town.tasks.fate = Fate(exit_code=dice.choice((0, 0, 0, 1)))
    town.rest()
    town.deploy(dice.choice("abcde"))


def rolls_back(town: Walked, dice: random.Random) -> None:
    menu = rollback.look(town.world, "shop")
    number = dice.choice([None, *(row.number for row in menu.releases)])
    rollback.carry_out(town.world, rollback.plan(town.world, menu, number), town.said.append)


def restarts(town: Walked, _dice: random.Random) -> None:
    before = settle.at_rest(town.world, NAMES, APP, town.said.append)
    restart.restart(town.world, NAMES, APP, restart.chosen(NAMES, APP, None), before, town.said.append)


def adopts(town: Walked, _dice: random.Random) -> None:
    adoption.adopt(town.world, FakeShapes(town), "shop", town.said.append)


def overwrites(town: Walked, _dice: random.Random) -> None:
    drift.overwrite(town.world, FakeShapes(town), "shop", town.said.append)


def cancels(town: Walked, _dice: random.Random) -> None:
    town.rest()


def somebody_deploys(town: Walked, dice: random.Random) -> None:
    letter, setup = dice.choice(GOOD), dice.choice(("", "more memory"))
    for process in dice.choice((("web",), ("worker",), PROCESSES)):
        arn = task(process, 10_000 + len(town.says))
        town.say(arn, pin(1, letter))
        town.says[arn] = replace(town.says[arn], setup=setup)
        town.roll(process, arn)


def somebody_deregisters(town: Walked, dice: random.Random) -> None:
    arn = dice.choice([*town.runs.values(), *town.registered.values()])
    if arn in town.says:
        town.says[arn] = replace(town.says[arn], active=False)


def somebody_scales(town: Walked, dice: random.Random) -> None:
    town.scales[dice.choice(PROCESSES)] = dice.choice((0, 1, 1, 3))


def somebody_loses_releases(town: Walked, dice: random.Random) -> None:
    keys = [key for key, row in town.ledger.rows.items() if row.verdict is not Verdict.STARTED]
    for key in keys if dice.random() < 0.1 else dice.sample(keys, min(1, len(keys))):
        del town.ledger.rows[key]


Move = Callable[[Walked, random.Random], None]
OURS: Sequence[Move] = (deploys, deploys, rolls_back, restarts, adopts, overwrites, cancels)
THEIRS: Sequence[Move] = (somebody_deploys, somebody_deregisters, somebody_scales, somebody_loses_releases)


def step(town: Walked, dice: random.Random, story: list[str]) -> None:
    """One move; what we do may be refused, and may be killed at one of its writes."""
    move = dice.choice(OURS if dice.random() < 0.6 else THEIRS)
    town.fuse.left = dice.randrange(12) if move in OURS and dice.random() < 0.35 else -1
    story.append(f"{move.__name__} {town.fuse.left}")
    try:
        move(town, dice)
    except (DriverError, Killed) as error:
        story.append(f"  {type(error).__name__}: {error}")
    town.fuse.left = -1


def well(town: Walked, story: list[str]) -> None:
    """The next good deploy ends with all of it running, and the ledger says so."""
    town.scales.clear()
    town.tasks.fate = Fate()
    town.rest()
    town.deploy("a")
    releases = town.ledger.releases("shop")
    newest = releases[0]
    assert ledger.unfinished(releases) == [], story
    assert (newest.verdict, newest.number) == (Verdict.SUCCEEDED, town.running.release), (newest.reason, story)
    assert dict(newest.pin.tasks) == {process: town.runs[process] for process in PROCESSES} | {
        name: arn for name, arn in newest.pin.tasks.items() if name not in PROCESSES
    }, story
    assert {town.says[town.runs[process]].image[-1] for process in PROCESSES} == {"a"}, story


def true(town: Walked, story: list[str]) -> None:
    """What the ledger says of the processes of a release that runs is what their task definitions say."""
    for row in town.ledger.releases("shop"):
        if row.verdict in RUNS:
            said: dict[str, Any] = {process: ran.image for process, ran in row.processes.items()}
            assert said == {process: town.says[ran.task].image for process, ran in row.processes.items()}, story


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_was_before_the_next_good_deploy_ends_well_and_the_ledger_says_what_runs(seed: int) -> None:
    dice, town, story = random.Random(seed), built(), list[str]()
    for number in range(STEPS):
        step(town, dice, story)
        true(town, story[-40:])
        if number % EVERY == EVERY - 1:
            well(town, story[-40:])
            story.append("well")


def nothing_is_reverted(*_: object) -> bool:
    return False


def what_was_meant(_world: World, _names: object, pin: Pin) -> running.Running:
    return running.Running(pin=pin, processes={name: Ran(task=arn, image="?") for name, arn in pin.tasks.items()})


@pytest.mark.parametrize(
    ("place", "name", "planted"), [(recovery, "settle", nothing_is_reverted), (running, "read", what_was_meant)]
)
def test_a_fault_that_is_planted_is_found(
    monkeypatch: pytest.MonkeyPatch, place: object, name: str, planted: object
) -> None:
    monkeypatch.setattr(place, name, planted)
    with pytest.raises(AssertionError):
        test_whatever_was_before_the_next_good_deploy_ends_well_and_the_ledger_says_what_runs(1)

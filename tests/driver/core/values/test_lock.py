"""Rules of the lock, on a world whose time is made up."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from driver.core.locking import held
from driver.core.ports import World
from driver.core.values.lock import Lock, Watcher, must_stop
from driver.errors import Busy, Expired, Interrupted, Unreachable
from tests.fakes import FakeClock, FakeLocks, FakeMarks

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def lock(nonce: str = "n1", *, lease: float = 30) -> Lock:
    return Lock(app="shop", owner="you@there", message="deploy", nonce=nonce, fence=4, lease=lease, since=AT)


@dataclass
class Place:
    """The part of a world that a lock needs."""

    locks: FakeLocks
    clock: FakeClock
    marks: FakeMarks = field(default_factory=FakeMarks)
    who: str = "me@here"
    lease: float = 30
    told: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        self.told.set()

    @property
    def settings(self) -> Any:
        @dataclass
        class Deploy:
            lease: float = self.lease

        @dataclass
        class Settings:
            deploy: Deploy = field(default_factory=Deploy)
            env: str = "dev"

        return Settings()

    @property
    def world(self) -> World:
        return cast("World", self)


def place(lock: Lock | None = None) -> Place:
    clock = FakeClock()
    return Place(locks=FakeLocks(clock, lock), clock=clock)


def quiet(_line: str) -> None:
    """The story is for people."""


def test_a_lock_is_stale_only_after_one_nonce_was_seen_for_a_whole_lease() -> None:
    watcher = Watcher()
    assert not watcher.stale(lock("a"), 0)
    assert not watcher.stale(lock("a"), 29)
    assert not watcher.stale(lock("b"), 31)
    assert not watcher.stale(lock("b"), 60)
    assert watcher.stale(lock("b"), 61)


def test_an_owner_stops_before_a_waiter_may_take_over() -> None:
    assert not must_stop(0, 19, 30)
    assert must_stop(0, 20, 30)


def test_a_free_lock_is_taken_and_given_back() -> None:
    here = place()
    with held(here.world, "shop", "deploy v2", 0, quiet) as mine:
        assert here.locks.holder == mine
        assert (mine.owner, mine.message) == ("me@here", "deploy v2")
    assert here.locks.holder is None


def test_a_lock_is_given_back_when_the_work_fails() -> None:
    here = place()
    with pytest.raises(Unreachable), held(here.world, "shop", "deploy v2", 0, quiet):
        raise Unreachable("no AWS")
    assert here.locks.holder is None


def test_a_lock_that_can_not_be_given_back_hides_nothing_that_came_of_the_command() -> None:
    class Stuck(FakeLocks):
        def free(self, lock: Lock) -> bool:
            raise Unreachable("no AWS")

    here, told = place(), list[str]()
    here.locks = Stuck(here.clock)
    with pytest.raises(Interrupted, match="stopped"), held(here.world, "shop", "deploy v2", 0, told.append):
        raise Interrupted("stopped")
    assert told == ["the lock of shop could not be given back, and is taken over in 30 s: no AWS"]
    assert here.marks.finished == 1
    here.locks.holder = None
    with held(here.world, "shop", "deploy v2", 0, told.append):
        pass
    assert len(told) == 2


def test_a_living_owner_is_not_disturbed_and_named() -> None:
    here = place(lock())
    here.locks.beats = 10
    lock_it = held(here.world, "shop", "deploy v2", 0, quiet)
    with pytest.raises(Busy, match="locked by you@there since 2026-11-24 12:00:00 UTC: deploy") as refused, lock_it:
        raise AssertionError("it was not free")
    assert "slipway lock show dev shop" in refused.value.hint
    assert here.locks.holder is not None


def test_a_living_owner_is_waited_for_as_long_as_told() -> None:
    here = place(lock())
    here.locks.beats, here.locks.ends = 10, 45
    with held(here.world, "shop", "deploy v2", 60, quiet):
        assert here.clock.now() == pytest.approx(45, abs=2)


def test_an_owner_that_is_gone_is_followed_after_its_lease() -> None:
    here, told = place(lock()), []
    with held(here.world, "shop", "deploy v2", 0, told.append) as mine:
        assert here.clock.now() == pytest.approx(30, abs=1)
        assert mine.fence == 5
    assert "you@there has not been heard of for 30 s" in told[-1]


def test_an_owner_whose_credentials_ran_out_says_so_and_not_that_somebody_was_quicker() -> None:
    class Refused(FakeLocks):
        tries = 0

        def renew(self, lock: Lock, nonce: str) -> bool:
            # Only once it is known why: a clock that ran ahead of the answer would be nobody's answer.
            self.tries += 1
            self.clock.time += lock.lease if self.tries > 1 else 0
            raise Expired("the AWS credentials ran out")

    here = place()
    here.locks, here.lease = Refused(here.clock), 0.03
    with pytest.raises(Expired), held(here.world, "shop", "deploy v2", 0, quiet):
        assert here.told.wait(60)
        raise Interrupted("stopped")


def test_an_owner_whom_nobody_answers_stops_before_its_lease_ends_and_gives_nothing_back() -> None:
    answered = threading.Event()

    class Silent(FakeLocks):
        def renew(self, lock: Lock, nonce: str) -> bool:
            self.clock.time += lock.lease * 0.7
            return answered.wait(60)

    here, told = place(), list[str]()
    here.locks, here.lease = Silent(here.clock), 0.03
    lost = "the lock of shop was lost: DynamoDB did not answer in time"
    with pytest.raises(Busy, match=lost), held(here.world, "shop", "deploy v2", 0, told.append):
        assert here.told.wait(60)
        raise Interrupted("stopped")
    answered.set()
    assert (here.clock.now() < here.lease, here.locks.holder is not None, told) == (True, True, [])


def test_a_renewal_that_fails_once_is_tried_again_and_the_work_goes_on() -> None:
    again = threading.Event()

    class Flaky(FakeLocks):
        tries = 0

        def renew(self, lock: Lock, nonce: str) -> bool:
            self.tries += 1
            if self.tries == 1:
                raise Unreachable("no AWS")
            again.set()
            return True

    here = place()
    here.locks, here.lease = Flaky(here.clock), 0.03
    with held(here.world, "shop", "deploy v2", 0, quiet):
        assert again.wait(60)
    assert (here.told.is_set(), here.locks.holder) == (False, None)

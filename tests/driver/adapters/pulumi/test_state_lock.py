import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from driver.adapters.pulumi.state_lock import Holder, Waiting, clearing, holders, is_gone, orphaned

HERE = socket.gethostname()


def refusal(pid: int, host: str = HERE, since: str = "2026-11-23T20:42:24.326331289Z", lock: str = "a") -> str:
    place = f"s3://bucket/.pulumi/locks/organization/slipway/dev/{lock}.json"
    return f"the stack is currently locked by 1 lock(s).\n  {place}: created by root@{host} (pid {pid}) at {since}"


def holder(pid: int, since: datetime, lock: str = "a") -> Holder:
    return Holder("root", HERE, pid, since.isoformat(), lock)


def test_a_holder_is_read_from_the_engines_refusal() -> None:
    (found,) = holders(refusal(19586, "ci-7"))
    assert (found.user, found.host, found.pid) == ("root", "ci-7", 19586)
    assert found.lock.endswith("/dev/a.json")


def test_a_process_that_runs_is_not_gone() -> None:
    assert not is_gone(holder(os.getpid(), datetime.now(UTC)))


def test_a_process_that_has_ended_is_gone_a_zombie_too() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(holder(child.pid, datetime.now(UTC)))
    assert is_gone(holder(child.pid, datetime.now(UTC)))


def test_a_number_that_another_process_got_since_is_no_holder() -> None:
    assert is_gone(holder(os.getpid(), datetime.now(UTC) - timedelta(days=1000)))


@pytest.mark.parametrize(
    ("host", "gone", "expected"), [(HERE, True, True), (HERE, False, False), ("other", True, False)]
)
def test_only_a_lock_of_this_machine_whose_process_is_gone_is_orphaned(host: str, gone: bool, expected: bool) -> None:
    assert orphaned(refusal(1, host), gone=lambda _holder: gone) is expected


def test_a_refusal_that_names_nobody_is_no_orphan() -> None:
    assert not orphaned("the stack is currently locked")


def test_of_several_that_met_one_orphan_the_first_clears_it(tmp_path: Path) -> None:
    orphan, memory = [holder(1, datetime.now(UTC))], tmp_path / "cleared"
    with clearing(orphan, memory) as first:
        assert first
    with clearing(orphan, memory) as second:
        assert not second
    with clearing([holder(1, datetime.now(UTC), lock="b")], memory) as another:
        assert another


def test_a_lock_was_left_behind_only_if_it_is_there_after_its_process_was_seen_to_be_gone() -> None:
    waiting = Waiting(patience=10, limit=25)
    first, next_one = [holder(1, datetime.now(UTC))], [holder(2, datetime.now(UTC), lock="b")]
    assert not waiting.left_behind(first, ended=True), "it may have been removed since the refusal"
    assert not waiting.left_behind(next_one, ended=True), "another one's lock, which was not seen before"
    assert not waiting.left_behind(next_one, ended=False)
    assert not waiting.left_behind(next_one, ended=True)
    assert waiting.left_behind(next_one, ended=True)
    assert not Waiting(patience=10, limit=25).left_behind([], ended=True)


def test_patience_ends_with_one_holder_and_later_with_many() -> None:
    waiting = Waiting(patience=10, limit=25)
    assert not waiting.over(0)
    assert waiting.met("ann", 0)
    assert not waiting.met("ann", 9)
    assert (waiting.over(10), waiting.over(11)) == (False, True)
    assert waiting.met("bob", 12)
    assert not waiting.over(20)
    assert waiting.met("cat", 22)
    assert (waiting.over(25), waiting.over(26)) == (False, True)

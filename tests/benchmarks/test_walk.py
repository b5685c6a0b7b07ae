"""A walk finds what is planted: a town of values, which breaks one promise at a time."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from subprocess import CompletedProcess
from typing import Any, cast

import pytest

from benchmarks.walk import moves, promises
from benchmarks.walk.promises import Broken
from benchmarks.walk.town import Walked
from benchmarks.walk.walking import OfTown, Walk, shrunk, walk
from tests.faults.app_environment import Standing

GOOD, OTHER = "sha256:aaaa", "sha256:bbbb"
UP = "slipway up dev --refresh"
RELEASE = {"release": 1, "verdict": "succeeded", "processes": {"web": {"image": f"shop@{GOOD}"}}}
REST = Standing(
    runs={"web": GOOD}, pinned=GOOD, release=1, moving=[], migrating=[], ledger=[RELEASE], lock=None, engine_locks=[],
    pending=[],
)  # fmt: skip


def said(code: int = 0, stdout: str = "", stderr: str = "") -> "CompletedProcess[str]":
    return CompletedProcess([], code, stdout, stderr)


@dataclass
class FakeTown:
    """A town of values. Somebody's hand makes `rows` of drift, which `up` takes away unless it is `deaf`."""

    rows: list[str] = field(default_factory=list)
    now: Standing = REST
    answers: dict[str, "CompletedProcess[str]"] = field(default_factory=dict)
    deaf: bool = False
    grows: bool = False
    typed_lines: list[str] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=lambda: {"good": GOOD, "better": OTHER})
    stands: Counter[str] = field(default_factory=lambda: Counter(service=2))

    def typed(self, words: Sequence[str]) -> "CompletedProcess[str]":
        line = " ".join(words)
        self.typed_lines.append(line)
        planted = next((done for begin, done in self.answers.items() if line.startswith(f"slipway {begin}")), None)
        if planted is not None:
            return planted
        if words[1] == "drift":
            rows = json.dumps([{"cure": cure} for cure in self.rows])
            return said(13 if self.rows else 0, rows, "error: it drifts\n" if self.rows else "")
        if words[1] == "up" and not self.deaf:
            self.rows.clear()
        return said(stdout='[{"operation": "update"}]' if self.grows and words[1] == "up" else "[]")

    def slipway(self, *words: str) -> "CompletedProcess[str]":
        return self.typed(["slipway", *words])

    def standing(self) -> Standing:
        return self.now


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "counts", lambda town: Counter(town.stands))
    monkeypatch.setattr(moves, "right", lambda _town: None)


def walked(town: FakeTown, *sequence: str) -> Walk:
    return walk(OfTown(cast("Walked", town)), sequence, lambda _line: None)


def test_a_town_that_keeps_its_promises_is_walked_through() -> None:
    town = FakeTown(rows=[UP])
    sequence = ("status", "drift", "settle", "deploy-good", "settle")
    assert walked(town, *sequence) == Walk(made=list(sequence))
    assert f"{UP} --yes" in town.typed_lines


TRACE = said(1, stderr="Traceback (most recent call last):\n  boom\n")
NOWHERE = said(4, stderr="error: the table is gone\n  Run the command again, with luck.\n")
PLANTED: list[tuple[FakeTown, str, str]] = [
    (FakeTown(answers={"status": TRACE}), "status", "no traceback"),
    (FakeTown(answers={"restart": said(1)}), "restart", "an exit code of ours"),
    (FakeTown(answers={"restart": said(4)}), "restart", "a failure says why"),
    (
        FakeTown(answers={"up": said(9, stderr="error: no\n  Run `slipway heal dev`\n")}),
        "up",
        "what is printed can be typed",
    ),
    (FakeTown(now=replace(REST, runs={"web": OTHER})), "deploy-good", "success means that it runs"),
    (
        FakeTown(now=replace(REST, ledger=[{**RELEASE, "processes": {"web": {"image": f"shop@{OTHER}"}}}])),
        "deploy-good",
        "the ledger says what runs",
    ),
    (FakeTown(rows=[UP], deaf=True), "settle", "what drift prints mends it"),
    (FakeTown(answers={"drift": NOWHERE}), "settle", "a failure names what helps"),
    (
        FakeTown(answers={"drift": said(4, stderr="error: no\n  Type: slipway up dev\n")}),
        "settle",
        "drift can look",
    ),
    (
        FakeTown(answers={"up": said(9, stderr="error: no\n  The next one: slipway up dev\n")}),
        "settle",
        "up ends with 0",
    ),
    (FakeTown(grows=True), "settle", "a second up changes nothing"),
    (FakeTown(now=replace(REST, pending=[{"type": "creating"}])), "settle", "at rest after a good deploy"),
    (
        FakeTown(
            now=replace(REST, lock={"owner": "me"}),
            answers={"deploy": said(4, stderr="error: no\n  Run `slipway up dev` first.\n")},
        ),
        "settle",
        "the next good deploy ends with 0",
    ),
]


@pytest.mark.parametrize(("town", "move", "promise"), PLANTED, ids=[row[2].replace(" ", "-") for row in PLANTED])
def test_each_kind_of_broken_promise_is_found(town: FakeTown, move: str, promise: str) -> None:
    found = walked(town, move)
    assert found.broken is not None
    assert found.broken.promise == promise
    assert found.made == [move]


def test_what_is_there_twice_is_found() -> None:
    town = FakeTown()
    place = OfTown(cast("Walked", town))
    town.stands["service"] += 1
    found = walk(place, ["settle"], lambda _line: None)
    assert found.broken is not None
    assert (found.broken.promise, "'service': (2, 3)" in found.broken.seen) == ("nothing is there twice", True)


def test_commands_that_lead_in_a_circle_are_no_way_back() -> None:
    circle = said(4, stderr="error: no\n  Run `slipway cancel dev shop` first, or slipway up dev\n")
    town = FakeTown(rows=[UP, *(f"slipway rollback dev shop v{number}" for number in range(9))], deaf=True)
    town.answers = {"rollback": circle, "cancel": circle}
    found = walked(town, "settle")
    assert found.broken is not None
    assert found.broken.promise == "a way back within so many commands"


def test_a_failing_walk_is_made_as_short_as_it_can_be() -> None:
    sequence = moves.drawn(7, 40)
    first, second = sequence[3], sequence[22]

    def again(candidate: Sequence[str]) -> Walk:
        held = list(candidate)
        if first in held and second in held[held.index(first) :]:
            return Walk(held, Broken("planted", ""))
        return Walk(held)

    assert again(sequence[:30]).broken is not None
    assert shrunk([*sequence[:30], "settle"], "planted", again, 200) == [first, second, "settle"]
    assert shrunk([*sequence[:30], "settle"], "another", again, 5) == [*sequence[:30], "settle"]


def test_the_same_seed_is_the_same_walk_and_every_move_of_it_can_be_typed() -> None:
    for seed in range(20):
        drawn = moves.drawn(seed, 60)
        assert drawn == moves.drawn(seed, 60)
        moves.check(drawn)
    assert moves.drawn(1, 60) != moves.drawn(2, 60)
    for wrong in ("", "hand", "hand wave", "kill status", "fault nothing up", "kill up 1 2", "up dev"):
        with pytest.raises(ValueError, match="is no move"):
            moves.check([wrong])
    assert {move.split()[0] for seed in range(20) for move in moves.drawn(seed, 60)} >= {
        "hand",
        "kill",
        "fault",
        "edit",
    }


def test_a_message_is_followed_by_what_stands_in_it() -> None:
    done = cast(
        "Any",
        said(4, stderr="x: slipway doctor dev\nerror: no\n  Deploy first: slipway deploy dev shop --image TAG, or"
        " slipway releases ENV; vault kv undelete -mount=secret -versions=1 dev/shop"),
    )  # fmt: skip
    assert list(promises.named(done)) == [
        ["slipway", "deploy", "dev", "shop", "--image", "good"],
        ["vault", "kv", "undelete", "-mount=secret", "-versions=1", "dev/shop"],
    ]

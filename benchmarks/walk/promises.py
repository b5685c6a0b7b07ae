"""What must hold: after each command, and once all that was printed has been typed."""

import json
import re
import shlex
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.walk.town import GOOD, Walked, rows_of
from tests.architecture.named_commands import Named, commands_in, wrong
from tests.faults.app_environment import APP
from tests.platform.account_inventory import listing

CODES = {0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}
AGAIN = {10, 11}
"""What did not answer, and who holds a lock, may have passed by the next try."""
ROUNDS = 5
"""What is made anew first may show what was hidden behind it."""
MOST = 25
"""So many commands may be typed on the way back to good."""
OWN = re.compile(r"(?<![\w./-])((?:slipway|vault) (?=[a-z]))")
UNCOUNTED = {"task definition", "network interface", "alarm"}
"""A definition more is never run and costs nothing; the other two are AWS's own, made for others of ours."""
Done = subprocess.CompletedProcess[str]


@dataclass
class Broken(Exception):
    """A promise that was broken: which one, and what was seen."""

    promise: str
    seen: str

    def __str__(self) -> str:
        """For people."""
        return f"{self.promise}: {self.seen}"


def answered(done: Done, typed: Sequence[str]) -> None:
    """No traceback, an exit code of ours, and only commands that can be typed. Raises Broken."""
    line, text = " ".join(typed), f"{done.stdout}\n{done.stderr}"
    if "Traceback (most recent call last)" in text:
        raise Broken("no traceback", f"{line}\n{text[-3000:]}")
    if done.returncode not in CODES:
        raise Broken("an exit code of ours", f"{line} ended with {done.returncode}\n{text[-3000:]}")
    for command in commands_in(done.stderr):
        if not command.startswith("make") and (why := wrong(Named("walk", command, strict=False))):
            raise Broken("what is printed can be typed", f"{line} printed {command!r}: {why}")
    if done.returncode and "error: " not in done.stderr:
        raise Broken("a failure says why", f"{line} ended with {done.returncode}\n{text[-2000:]}")


def named(done: Done) -> Iterator[list[str]]:
    """The commands that a failing one names and that can be typed as they stand, in the order in which they stand.

    TAG and FILE are for a person to fill in.
    """
    said = done.stderr.partition("error: ")[2]
    for command in dict.fromkeys(commands_in(said, OWN)):
        words = [GOOD[0] if word == "TAG" else word for word in shlex.split(command)]
        if not any(re.fullmatch(r"[A-Z]{2,}|vN|\.env", word) for word in words):
            yield words


def deployed(town: Walked, tag: str) -> None:
    """After a deploy that ended with 0: what runs is that image, and the ledger says so of each process."""
    now = town.standing()
    if set(now.runs.values()) != {town.images[tag]} or now.pinned != town.images[tag]:
        raise Broken("success means that it runs", f"{tag} is {town.images[tag]}: {now}")
    recorded(town)


def recorded(town: Walked) -> None:
    """What the newest release that came to run says of each process is what the process runs. Raises Broken."""
    now = town.standing()
    rows = [row for row in now.ledger if row["verdict"] in {"succeeded", "mixed", "not proven"}]
    if not rows:
        return
    for process, ran in rows[0].get("processes", {}).items():
        runs = now.runs.get(process)
        if runs is not None and ran["image"].rsplit("@", 1)[-1] != runs and runs != "bootstrap":
            raise Broken("the ledger says what runs", f"{process} runs {runs}, and the ledger has {rows[0]}")


def counts(town: Walked) -> Counter[str]:
    """How many of each kind stand in the account."""
    return Counter(kind for kind, _ in listing(town.aws) if kind not in UNCOUNTED)


@dataclass
class Way:
    """The way back to good: what was typed on it."""

    town: Walked
    typed: list[str]

    def run(self, words: Sequence[str], depth: int = 3) -> Done:
        """Type a command, and where it fails what it names; what it ends with the last time."""
        line = [*words, *(["--yes"] if _asks(words) else [])]
        self.typed.append(" ".join(line))
        if len(self.typed) > MOST:
            raise Broken("a way back within so many commands", "\n".join(self.typed))
        done = self.town.typed(line)
        if words[0] == "slipway":
            answered(done, line)
        if done.returncode in {0, 13} or not depth:
            return done
        asks = list(named(done))
        if not asks and done.returncode not in AGAIN:
            raise Broken("a failure names what helps", f"{' '.join(line)}: {done.returncode}\n{done.stderr[-2500:]}")
        # One that names itself goes on from where it stopped; another one that it names comes first.
        for one in sorted(asks, key=lambda one: one == list(words))[:1]:
            if one[1:2] not in (["drift"], ["status"], ["releases"], ["logs"]) or "--overwrite" in one:
                self.run(one, depth - 1)
        return done

    def rows(self) -> list[dict[str, Any]]:
        """What `drift` finds; what it names where it can't look is typed."""
        done = self.run(["slipway", "drift", "dev", "--json"])
        if done.returncode in {0, 13}:
            return rows_of(done)
        done = self.run(["slipway", "drift", "dev", "--json"], depth=0)
        if done.returncode not in {0, 13}:
            raise Broken("drift can look", f"{done.returncode}\n{done.stderr[-2500:]}")
        return rows_of(done)


def _asks(words: Sequence[str]) -> bool:
    changing = {
        "up",
        "deploy",
        "rollback",
        "restart",
        "cancel",
        "scale",
        "destroy",
        "release",
        "--overwrite",
        "--adopt",
    }
    return words[0] == "slipway" and bool(changing.intersection(words[1:])) and "--yes" not in words


def settle(town: Walked, once: Counter[str] | None) -> list[str]:
    """Type what drift prints until nothing differs; then all is well, or Broken is raised. What was typed."""
    way = Way(town, [])
    rows = _cured(way)
    if rows:
        raise Broken("what drift prints mends it", f"{json.dumps(rows, indent=1)[-2500:]}\ntyped: {way.typed}")
    done = way.run(["slipway", "up", "dev", "--json"])
    if done.returncode:
        done = way.run(["slipway", "up", "dev", "--json"], depth=0)
    if done.returncode:
        raise Broken("up ends with 0", f"{done.stderr[-3000:]}\ntyped: {way.typed}")
    if json.loads(done.stdout) != []:
        again = way.run(["slipway", "up", "dev", "--json"], depth=0)
        if again.returncode or json.loads(again.stdout) != []:
            raise Broken("a second up changes nothing", f"{again.stdout[-2000:]}\n{again.stderr[-1500:]}")
    _good(way)
    if once is not None and (now := counts(town)) != once:
        twice = {kind: (once[kind], now[kind]) for kind in {*once, *now} if once[kind] != now[kind]}
        raise Broken("nothing is there twice", f"{twice} (before, now)\ntyped: {way.typed}")
    return way.typed


def _cured(way: Way) -> list[dict[str, Any]]:
    for _ in range(ROUNDS):
        rows = way.rows()
        if not rows:
            return []
        cures = dict.fromkeys(row["cure"] for row in rows)
        for cure in sorted(cures, key=lambda one: not one.startswith("slipway up")):
            way.run(shlex.split(cure))
    return way.rows()


def _good(way: Way) -> None:
    """All run one release, which the ledger has for good; where they don't, the next good deploy does it."""
    town = way.town
    try:
        town.standing().check_at_rest()
    except AssertionError:
        for _ in range(2):
            done = way.run(["slipway", "deploy", "dev", APP, "--image", GOOD[0]])
            if done.returncode == 0:
                break
        if done.returncode:
            raise Broken("the next good deploy ends with 0", f"{done.stderr[-3000:]}\ntyped: {way.typed}") from None
        try:
            town.standing().check_at_rest()
        except AssertionError as error:
            raise Broken("at rest after a good deploy", f"{str(error)[:2500]}\ntyped: {way.typed}") from None
    recorded(town)

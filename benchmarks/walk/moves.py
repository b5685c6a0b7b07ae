"""The moves of a walk: each is a line of words that can be written down, typed again and left out."""

import random
import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.walk import hands
from benchmarks.walk.town import BAD, GOOD, Walked
from tests.faults.app_environment import APP
from tests.projects import edited, edited_catalogue

PROCESSES = ("web", "worker")
OF_APP = ("dev", APP)
SETTLE = "settle"
"""Not a move but a look: type what is printed until all is well again."""

EVERY = 10
"""Each so manyth step of a walk is a look."""

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "up": ("up", "dev", "--yes"),
    "deploy-config": ("deploy", *OF_APP, "--config-only"),
    "rollback": ("rollback", *OF_APP, "--yes"),
    "restart": ("restart", *OF_APP, "--yes"),
    "cancel": ("cancel", *OF_APP, "--yes"),
    "overwrite": ("drift", "dev", "--overwrite", "--yes"),
    "adopt": ("drift", "dev", "--adopt", "--yes"),
    "drift": ("drift", "dev"),
    "status": ("status", *OF_APP),
    "release-lock": ("lock", "release", *OF_APP, "--yes"),
    "scale-web": ("scale", *OF_APP, "web=2:3", "--yes"),
    "scale-worker": ("scale", *OF_APP, "worker=2", "--yes"),
    "stop-worker": ("scale", *OF_APP, "worker=0", "--yes"),
    **{f"deploy-{tag}": ("deploy", *OF_APP, "--image", tag) for tag in (*GOOD, *BAD)},
}
KILLED = ("up", "deploy-good", "deploy-better", "deploy-config", "rollback", "overwrite", "restart", "deploy-crashing")
SLOW = {"foreign-lock"}
"""Hands after which each command waits for two minutes: they can be typed, and are not drawn."""
FAULTS: Mapping[str, dict[str, Any]] = {
    "throttle": {"kind": "throttle", "count": 8},
    "errors": {"kind": "error", "count": 3},
    "lose-ecs": {"kind": "lose", "service": "ecs", "count": 2},
    "slow-ecs": {"kind": "delay", "service": "ecs", "count": 5, "delay": 1.0},
    "drop-dynamodb": {"kind": "drop", "service": "dynamodb", "count": 3},
}


def _memory(town: Walked) -> None:
    with edited_catalogue(town.project) as apps:
        row = apps[APP]["processes"]["worker"]
        row["memory"] = 1024 if row["memory"] == 512 else 512


def _days(town: Walked) -> None:
    with edited(town.project / "Pulumi.dev.yaml") as stack:
        stack["slipway:log_days"] = 14 if stack.get("slipway:log_days", 30) == 30 else 30


def _wrong(town: Walked) -> None:
    """Another app, which is wrong, or not any more."""
    with edited_catalogue(town.project) as apps:
        if apps.pop("other", None) is None:
            apps["other"] = {"processes": {"web": {"cpu": 3}}}


def _till(town: Walked) -> None:
    """One more app, or one less."""
    with edited_catalogue(town.project) as apps:
        if apps.pop("till", None) is None:
            apps["till"] = {"processes": {"worker": {"cpu": 256, "memory": 512, "count": 0}}}


def _greeting(town: Walked) -> None:
    town.slipway("config", "set", *OF_APP, "GREETING", "--yes", stdin=random.Random(len(town.said)).choice("abcdef"))


EDITS: Mapping[str, Callable[[Walked], None]] = {
    "memory": _memory,
    "log-days": _days,
    "wrong-app": _wrong,
    "till": _till,
    "config": _greeting,
}


def drawn(seed: int, steps: int, every: int = EVERY) -> list[str]:
    """A sequence of so many moves, the same for the same seed."""
    dice = random.Random(seed)
    moves: list[str] = []
    for number in range(steps):
        moves.append(SETTLE if number % every == every - 1 else _move(dice))
    return moves


def _move(dice: random.Random) -> str:
    kind = dice.choices(("command", "hand", "kill", "fault", "edit"), (24, 54, 8, 6, 8))[0]
    if kind == "command":
        return dice.choice(sorted(COMMANDS))
    if kind == "hand":
        return f"hand {dice.choice(sorted(hands.HANDS.keys() - SLOW))}"
    if kind == "kill":
        return f"kill {dice.choice(KILLED)} {dice.choice((0.5, 1, 2, 3, 4, 6, 8, 11))}"
    if kind == "fault":
        return f"fault {dice.choice(sorted(FAULTS))} {dice.choice(sorted(COMMANDS))}"
    return f"edit {dice.choice(sorted(EDITS))}"


def command_of(move: str) -> tuple[str, ...] | None:
    """The command of ours that a move runs to its end; None where it runs none."""
    words = move.split()
    name = words[2] if words[0] == "fault" else words[0]
    return COMMANDS.get(name) if len(words) in {1, 3} and words[0] != "kill" else None


def make(town: Walked, move: str) -> "subprocess.CompletedProcess[str] | None":
    """Make a move; what its command ended with, None where it is no command of ours."""
    words = move.split()
    command = command_of(move)
    if words[0] == "fault" and command is not None:
        with town.fault(**FAULTS[words[1]]):
            return town.slipway(*command)
    elif command is not None:
        return town.slipway(*command)
    elif words[0] == "kill":
        town.killed(COMMANDS[words[1]], float(words[2]))
    elif words[0] == "hand":
        hands.HANDS[words[1]](town)
    elif words[0] == "edit":
        EDITS[words[1]](town)
    else:
        raise ValueError(f"{move} is no move")
    return None


def right(town: Walked) -> None:
    """Take an app out of the catalogue that is wrong, which only a person can mend."""
    with edited_catalogue(town.project) as apps:
        apps.pop("other", None)


def check(moves: Sequence[str]) -> None:
    """Raises ValueError for a line that is no move."""
    known = {*COMMANDS, SETTLE, *(f"hand {name}" for name in hands.HANDS), *(f"edit {name}" for name in EDITS)}
    for move in moves:
        words = move.split()
        kill = len(words) == 3 and words[0] == "kill" and words[1] in COMMANDS
        fault = len(words) == 3 and words[0] == "fault" and words[1] in FAULTS and words[2] in COMMANDS
        if move not in known and not kill and not fault:
            raise ValueError(f"{move!r} is no move of a walk")

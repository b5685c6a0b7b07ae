"""The walk itself, and making a sequence that fails as short as it can be."""

import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.walk import moves, promises
from benchmarks.walk.promises import Broken
from benchmarks.walk.town import GOOD, Walked

Say = Callable[[str], None]


@dataclass
class Walk:
    """How far a walk came: the moves that were made, and the promise that was broken, if one was."""

    made: list[str] = field(default_factory=list)
    broken: Broken | None = None


class Place(Protocol):
    """Where a walk is: what can be done there, and what must hold."""

    def make(self, move: str) -> None:
        """Make one move. Raises Broken."""

    def settle(self) -> Sequence[str]:
        """Bring all to good by what is printed; what was typed. Raises Broken."""


class OfTown:
    """A walk through the town."""

    def __init__(self, town: Walked) -> None:
        self._town = town
        self._once: Counter[str] = promises.counts(town)
        self._edited = 0

    def make(self, move: str) -> None:
        """Make one move, and look at what it says."""
        if move == "edit till":
            # There is another app after this, or none any more: what is counted is another number.
            self._edited += 1
        done = moves.make(self._town, move)
        if done is None:
            return
        command = moves.command_of(move) or ()
        promises.answered(done, ("slipway", *command))
        if done.returncode == 0 and command[0] == "deploy" and command[-1] in self._town.images:
            if command[-1] not in GOOD:
                # A worker that crashes is no failure of ECS's while it is scaled to nothing.
                return
            promises.deployed(self._town, command[-1])

    def settle(self) -> Sequence[str]:
        """Type what is printed until all is well."""
        moves.right(self._town)
        typed = promises.settle(self._town, None if self._edited else self._once)
        if self._edited:
            self._once, self._edited = promises.counts(self._town), 0
        return typed


def walk(place: Place, sequence: Sequence[str], say: Say, *, until: float = float("inf")) -> Walk:
    """Make the moves in their order, to the first broken promise, or to the moment `until` of the monotonic clock."""
    found = Walk()
    for move in sequence:
        if time.monotonic() > until:
            break
        began = time.monotonic()
        found.made.append(move)
        try:
            typed = [] if move != moves.SETTLE else place.settle()
            if move != moves.SETTLE:
                place.make(move)
        except Broken as broken:
            found.broken = broken
            break
        except (LookupError, ValueError, AssertionError, StopIteration) as error:
            found.broken = Broken("what is there can be read", "".join(traceback.format_exception(error))[-2500:])
            break
        told = f": {len(typed)} commands" if typed else ""
        say(f"{len(found.made):4} {time.monotonic() - began:5.1f} s  {move}{told}")
    return found


def shrunk(sequence: Sequence[str], promise: str, again: Callable[[Sequence[str]], Walk], tries: int) -> list[str]:
    """A shorter sequence after which the same promise is broken, in so many tries: whole parts are left out first.

    https://www.st.cs.uni-saarland.de/papers/tse2002/tse2002.pdf: delta debugging, without its complements.
    """
    best, size = list(sequence), max(1, len(sequence) // 2)
    while size and tries > 0:
        at, smaller = 0, False
        while at < len(best) - 1 and tries > 0:
            # The last move is the one after which it was seen.
            candidate = [*best[:at], *best[min(at + size, len(best) - 1) :]]
            tries -= 1
            found = again(candidate)
            if found.broken is not None and found.broken.promise == promise:
                best, smaller = list(found.made), True
            else:
                at += size
        size = size if smaller and size > 1 else size // 2
    return best

"""A walk at random through a town: ``python -m benchmarks.walk --seed 1 --steps 70``.

A step is a command, somebody's hand, a kill, a fault or an edit; each tenth one types what is printed until all is
well. Printed is each step with its time, and where a promise is broken which one, what was seen, and the steps that
lead there, made as few as `--tries` new walks can make them: ``--replay FILE`` makes them again, a line a step. Ends
with 1 where a promise is broken.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.walk import moves, town
from benchmarks.walk.walking import OfTown, Walk, shrunk, walk
from driver.adapters.pulumi.find_engine import find


def say(line: str) -> None:
    """A line, at once."""
    print(line, flush=True)


def anew(sequence: Sequence[str], until: float = float("inf")) -> Walk:
    """A walk through a town of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="slipway-walk-") as name,
        town.opened(Path(name), find(say, env=os.environ), say) as made,
    ):
        return walk(OfTown(made), sequence, say, until=until)


def main() -> int:
    """Walk, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.walk")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=70)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin no step after so many")
    parser.add_argument("--tries", type=int, default=0, help="so many new walks to make a failing sequence shorter")
    parser.add_argument("--town", type=Path, help="a folder for a town that is kept, for the next walk to go on in")
    parser.add_argument("--every", type=int, default=moves.EVERY, help="each so manyth step is a look")
    parser.add_argument("--replay", type=Path, help="a file with a step on each line")
    given = parser.parse_args()
    drawn = moves.drawn(given.seed, given.steps, given.every)
    sequence = given.replay.read_text().splitlines() if given.replay else drawn
    moves.check(sequence)
    until = time.monotonic() + 60 * given.minutes
    if given.town is None:
        found = anew(sequence, until)
    else:
        found = walk(
            OfTown(town.kept(given.town.resolve(), find(say, env=os.environ), say)), sequence, say, until=until
        )
        if found.broken is not None:
            town.leave(given.town.resolve())
    if found.broken is None:
        say(f"seed {given.seed}: {len(found.made)} steps, no promise broken")
        return 0
    say(f"seed {given.seed}: broken at step {len(found.made)}: {found.broken}")
    steps = shrunk(found.made, found.broken.promise, anew, given.tries) if given.tries else found.made
    say("the steps, for --replay:")
    for step in steps:
        say(step)
    return 1


if __name__ == "__main__":
    sys.exit(main())

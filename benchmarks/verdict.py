"""How long after ECS the verdict comes: `python -m benchmarks.verdict ENV APP`, against a sandbox that is up.

It restarts the app a few times and compares ECS's `finishedAt` with the moment at which the watch returned.
"""

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path

from driver.core.ports import World
from driver.core.watch import settle
from driver.core.watch.watch import Expectation, watch
from driver.wiring import live
from model.names.names import AppNames
from model.settings.app import App

TIMEOUT = 300.0


def quiet(_line: str) -> None:
    """The story is not what is measured."""


def late(world: World, names: AppNames, app: App) -> float:
    """Seconds from the last decision of ECS to the verdict on all services, by this machine's clock for both."""
    before = settle.at_rest(world, names, app, quiet)
    runs = {name: row.task_definition for name, row in before.items()}
    known = frozenset(rollout.arn for row in before.values() for rollout in row.rollouts)
    for name in runs:
        world.services.restart(names.env, name)
    expectation = Expectation(cluster=names.env, task_definitions=runs, known=known, anew=True)
    judgements = watch(world, expectation, TIMEOUT, quiet)
    now = world.clock.utc()
    finished = [row.rollout.finished for row in judgements.values() if row.rollout and row.rollout.finished]
    if len(finished) < len(runs):
        raise SystemExit(f"ECS decided on {len(finished)} of {len(runs)} services within {TIMEOUT:.0f} s")
    return (now - max(finished)).total_seconds()


def main(tell: Callable[[str], None] = print) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("env")
    parser.add_argument("app")
    parser.add_argument("--project", type=Path, default=Path())
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    world = live(given.project.resolve(), given.env)
    names, app = world.settings.names(given.app), world.settings.apps[given.app]
    seconds = [late(world, names, app) for _ in range(given.runs)]
    tell("verdict after ECS's own decision, seconds: " + ", ".join(f"{one:.1f}" for one in seconds))
    tell(f"median {statistics.median(seconds):.1f}, longest {max(seconds):.1f}")


if __name__ == "__main__":
    main()

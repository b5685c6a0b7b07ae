"""The arithmetic of a rolling deployment."""

import pytest

from sandbox.emulator.ecs.deployments.plan import Moves, Standing, next_moves


def standing(
    desired: int, *, new: int = 0, healthy: int = 0, old: int = 0, low: int = 100, high: int = 200
) -> Standing:
    return Standing(
        desired=desired, current=new, current_healthy=healthy, older=old, older_healthy=old,
        minimum_percent=low, maximum_percent=high,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "moves"),
    [
        (standing(2), Moves(start=2)),
        (standing(2, old=2), Moves(start=2)),
        (standing(2, new=2, old=2), Moves()),
        (standing(2, new=2, healthy=1, old=2), Moves(stop_older=1)),
        (standing(2, new=2, healthy=2, old=2), Moves(stop_older=2)),
        (standing(2, old=2, low=50, high=100), Moves(stop_older=1)),
        (standing(2, new=1, old=1, low=50, high=100), Moves()),
        (standing(2, new=1, healthy=1, old=1, low=50, high=100), Moves(stop_older=1)),
        (standing(1, old=1, low=0, high=100), Moves(stop_older=1)),
        (standing(3, old=3, low=100, high=150), Moves(start=1)),
        (standing(1, old=1, low=100, high=100), Moves(stuck=True)),
        (standing(1, new=3, healthy=3), Moves(stop_current=2)),
        (standing(0, new=2, healthy=2, old=1), Moves(stop_current=2, stop_older=1)),
        (standing(0, old=2), Moves(stop_older=2)),
    ],
)
def test_the_next_moves_keep_to_the_percentages(now: Standing, moves: Moves) -> None:
    assert next_moves(now) == moves

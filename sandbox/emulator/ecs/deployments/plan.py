"""How many tasks a rolling deployment may start and stop next: arithmetic, nothing else."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a rollout stands; counts are of tasks that ECS means to keep.

    `current` belong to the PRIMARY deployment, `older` to all others; `healthy` ones may serve.
    """

    desired: int
    current: int
    current_healthy: int
    older: int
    older_healthy: int
    minimum_percent: int
    maximum_percent: int


@dataclass(frozen=True)
class Moves:
    """What to do next; `stuck` when the percentages allow nothing although something is to be done."""

    start: int = 0
    stop_current: int = 0
    stop_older: int = 0
    stuck: bool = False


def next_moves(standing: Standing) -> Moves:
    """ECS's rolling update.

    The maximum is rounded down and the minimum up:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    missing = standing.desired - standing.current
    if missing < 0:
        return Moves(stop_current=-missing, stop_older=_surplus(standing))
    room = math.floor(standing.desired * standing.maximum_percent / 100) - standing.current - standing.older
    start = max(0, min(missing, room))
    stop = max(_surplus(standing), _to_make_room(standing, missing - start))
    return Moves(start=start, stop_older=stop, stuck=missing > 0 and start == 0 and stop == 0 and _all_up(standing))


def _surplus(standing: Standing) -> int:
    """Older tasks that healthy new ones have already replaced."""
    return standing.older - max(0, min(standing.older, standing.desired - standing.current_healthy))


def _to_make_room(standing: Standing, wanted: int) -> int:
    minimum = math.ceil(standing.desired * standing.minimum_percent / 100)
    spare = standing.current_healthy + standing.older_healthy - minimum
    return max(0, min(wanted, spare, standing.older))


def _all_up(standing: Standing) -> bool:
    return standing.current == standing.current_healthy and standing.older == standing.older_healthy

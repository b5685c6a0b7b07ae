"""Which requests are to go wrong, how, and how often or for how long."""

import itertools
import threading
import time
from collections.abc import Callable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Kind(StrEnum):
    """What happens to a request; not what the emulator itself may answer. LOSE does it and loses the answer."""

    THROTTLE = "throttle"
    ERROR = "error"
    DELAY = "delay"
    DROP = "drop"
    EXPIRE = "expire"
    LOSE = "lose"


class Fault(BaseModel):
    """One order: `service` as in a signature's scope (`ecs`, `elasticloadbalancing`), `*` for any.

    It holds for `count` requests or `seconds` seconds, whichever ends first, else until cleared.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: str = "*"
    operation: str = "*"
    kind: Kind
    count: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    delay: float = Field(default=5.0, gt=0)


class Standing(BaseModel):
    """A fault in force, and how much of it is left."""

    model_config = ConfigDict(frozen=True)

    id: int
    fault: Fault
    hits: int
    left: int | None
    seconds_left: float | None


class Rules:
    """All faults in force. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._guard = threading.Lock()
        self._numbers = itertools.count(1)
        self._faults: dict[int, Fault] = {}
        self._since: dict[int, float] = {}
        self._hits: dict[int, int] = {}

    def add(self, fault: Fault) -> Standing:
        """Put it in force."""
        with self._guard:
            number = next(self._numbers)
            self._faults[number], self._since[number], self._hits[number] = fault, self._clock(), 0
            return self._standing(number)

    def clear(self) -> int:
        """End all of them; how many there were."""
        with self._guard:
            self._prune()
            count = len(self._faults)
            self._faults.clear()
            return count

    def standing(self) -> list[Standing]:
        """Those in force, oldest first."""
        with self._guard:
            self._prune()
            return [self._standing(number) for number in self._faults]

    def services(self) -> set[str]:
        """Services that a fault names."""
        with self._guard:
            self._prune()
            return {fault.service for fault in self._faults.values()}

    def hit(self, service: str, operation: str) -> Fault | None:
        """The oldest fault that this request meets, counted; None when it goes through unharmed."""
        with self._guard:
            self._prune()
            for number, fault in self._faults.items():
                if fault.service in ("*", service) and fault.operation in ("*", operation):
                    self._hits[number] += 1
                    return fault
        return None

    def _prune(self) -> None:
        for number in list(self._faults):
            standing = self._standing(number)
            used_up = standing.left is not None and standing.left <= 0
            if used_up or (standing.seconds_left is not None and standing.seconds_left <= 0):
                del self._faults[number]

    def _standing(self, number: int) -> Standing:
        fault, hits = self._faults[number], self._hits[number]
        age = self._clock() - self._since[number]
        return Standing(
            id=number,
            fault=fault,
            hits=hits,
            left=None if fault.count is None else fault.count - hits,
            seconds_left=None if fault.seconds is None else fault.seconds - age,
        )

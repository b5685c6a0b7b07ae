"""The registered targets of all target groups, with their health and the requests they are serving."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """A target's health as DescribeTargetHealth names it."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"


@dataclass(frozen=True)
class Address:
    """Where a target listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Drain:
    """When a deregistering target disappears, on the monotonic clock.

    Waiting is paced, requests are not: one that is in flight keeps its target until the real delay is over.
    """

    paced_end: float
    real_end: float

    def over(self, now: float, in_flight: int) -> bool:
        """Whether the target may go."""
        return now >= self.paced_end and (in_flight == 0 or now >= self.real_end)


@dataclass
class Target:
    """One registered address of a target group; `answered` once it has spoken HTTP at all."""

    group: str
    address: Address
    state: State = State.INITIAL
    reason: str = "Elb.RegistrationInProgress"
    description: str = "Target registration is in progress"
    passed: int = 0
    failed: int = 0
    next_probe: float = 0.0
    in_flight: int = 0
    answered: bool = False
    drain: Drain | None = None

    def set(self, state: State, reason: str = "", description: str = "") -> None:
        """Change what DescribeTargetHealth says."""
        self.state, self.reason, self.description = state, reason, description


@dataclass
class Targets:
    """All targets by group and address; safe to use from any thread."""

    _by_group: dict[str, dict[Address, Target]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def register(self, group: str, address: Address) -> Target:
        """Add a target, or take a draining one back, which starts it anew."""
        with self._lock:
            members = self._by_group.setdefault(group, {})
            known = members.get(address)
            if known is None or known.drain:
                members[address] = Target(group, address, in_flight=known.in_flight if known else 0)
            return members[address]

    def deregister(self, group: str, address: Address, *, paced: float, real: float) -> bool:
        """Begin draining a target for `paced` seconds, at most `real` while requests run; False if there is none."""
        with self._lock:
            target = self._by_group.get(group, {}).get(address)
            if target is None or target.drain:
                return False
            now = time.monotonic()
            target.drain = Drain(now + paced, now + real)
            target.set(State.DRAINING, "Target.DeregistrationInProgress", "Target deregistration is in progress")
            return True

    def get(self, group: str, address: Address) -> Target | None:
        """A target, draining ones included."""
        with self._lock:
            return self._by_group.get(group, {}).get(address)

    def members(self, group: str) -> list[Target]:
        """The targets of a group, draining ones included, in order of registration."""
        with self._lock:
            return list(self._by_group.get(group, {}).values())

    def eligible(self, group: str) -> list[Target]:
        """Who may get a request: the healthy ones, or all that are registered when none is (fail open).

        https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
        """
        registered = [target for target in self.members(group) if not target.drain]
        return [target for target in registered if target.state is State.HEALTHY] or registered

    def drop_group(self, group: str) -> None:
        """Forget a deleted target group."""
        with self._lock:
            self._by_group.pop(group, None)

    def groups(self) -> list[str]:
        """The ARNs of the groups that ever had a target."""
        with self._lock:
            return list(self._by_group)

    def sweep(self) -> None:
        """Remove the targets whose draining is over."""
        now = time.monotonic()
        with self._lock:
            for members in self._by_group.values():
                for target in [t for t in members.values() if t.drain and t.drain.over(now, t.in_flight)]:
                    del members[target.address]

    def __iter__(self) -> Iterator[Target]:
        with self._lock:
            return iter([target for members in self._by_group.values() for target in members.values()])

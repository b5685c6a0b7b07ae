"""Which target gets the next request: target groups by weight, then targets in turn."""

import random
from collections import defaultdict

from sandbox.emulator.elbv2.groups import forwarded
from sandbox.emulator.elbv2.targets import Target, Targets
from sandbox.emulator.patching.patch import Record


class Router:
    """Chooses targets; one for all load balancers."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._turns: dict[str, int] = defaultdict(int)

    def group(self, action: Record) -> str | None:
        """A target group of a forward action, at random by weight; None when all weights are 0."""
        weighted = [(group, weight) for group, weight in forwarded([action]) if weight > 0]
        if not weighted:
            return None
        weights = [weight for _, weight in weighted]
        return random.choices([group for group, _ in weighted], weights)[0]

    def target(self, group: str) -> Target | None:
        """The next target of a group, or None when it has none."""
        eligible = self._targets.eligible(group)
        if not eligible:
            return None
        self._turns[group] += 1
        return eligible[self._turns[group] % len(eligible)]

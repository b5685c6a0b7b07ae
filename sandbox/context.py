"""What the parts of the sandbox's background process share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Context:
    """One running sandbox, as its parts see it.

    `pace` multiplies AWS's waiting times (seconds); counts and stop timeouts are never scaled.
    `balancer_address` hands out the next free loopback address for a load balancer.
    """

    folder: Path
    endpoint: str
    region: str
    account: str
    pace: float
    balancer_address: Callable[[], str]

    def scaled(self, seconds: float) -> float:
        """A waiting time of AWS, in this sandbox's seconds."""
        return seconds * self.pace

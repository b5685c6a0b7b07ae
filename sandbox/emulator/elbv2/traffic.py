"""What went through the load balancers since somebody last asked: counts, and how long targets took."""

import threading
from collections import Counter
from dataclasses import dataclass, field

Passage = tuple[str, str]
"""The ARNs of a load balancer and of a target group."""


@dataclass(frozen=True)
class Taken:
    """What there was: by load balancer and group, and by load balancer alone where no target had a part in it.

    `times` are seconds until a target began its answer, in two digits, as often as they came.
    """

    passed: Counter[tuple[Passage, str]] = field(default_factory=Counter)
    own: Counter[tuple[str, str]] = field(default_factory=Counter)
    times: dict[Passage, Counter[float]] = field(default_factory=dict)


class Traffic:
    """Counts, under the names of CloudWatch's metrics; safe to use from any thread."""

    def __init__(self) -> None:
        self._guard, self._now = threading.Lock(), Taken()

    def chosen(self, passage: Passage) -> None:
        """A request has a target."""
        with self._guard:
            self._now.passed[passage, "RequestCount"] += 1

    def answered(self, passage: Passage, status: int, seconds: float) -> None:
        """A target has begun its answer."""
        with self._guard:
            self._now.passed[passage, f"HTTPCode_Target_{status // 100}XX_Count"] += 1
            self._now.times.setdefault(passage, Counter())[float(f"{seconds:.2g}")] += 1

    def unreachable(self, passage: Passage) -> None:
        """A target takes no connection."""
        with self._guard:
            self._now.passed[passage, "TargetConnectionErrorCount"] += 1

    def own(self, balancer: str, status: int, kind: str = "") -> None:
        """The load balancer answers by itself, with an error or by an action of this kind."""
        counted = [f"HTTPCode_ELB_{status // 100}XX_Count"] if status >= 300 else []
        if status in (500, 502, 503, 504) and not kind:
            counted.append(f"HTTPCode_ELB_{status}_Count")
        counted += {"fixed-response": ["HTTP_Fixed_Response_Count"], "redirect": ["HTTP_Redirect_Count"]}.get(kind, [])
        with self._guard:
            for name in counted:
                self._now.own[balancer, name] += 1

    def take(self) -> Taken:
        """All since the last time."""
        with self._guard:
            taken, self._now = self._now, Taken()
            return taken

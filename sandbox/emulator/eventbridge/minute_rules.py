"""Rules that tick once a minute: they keep step with CloudWatch's minutes, which are as long as the pace makes them.

All others keep to the clock: what works an hour up would have an hour's work in three minutes.
"""

from collections.abc import Callable

from ministack.services import eventbridge

from sandbox.context import Context
from sandbox.emulator.patching.patch import Needs, replace

NEEDS: Needs = {"ministack.services.eventbridge": ("_SCHEDULER_TICK_INTERVAL", "_parse_rate_seconds")}

MINUTE = 60.0
EACH = "rate(1 minute)"
QUICKEST = 0.2
"""Seconds between two looks at what is due."""


def install(context: Context) -> None:
    """Make such a rule's minute as long as CloudWatch's."""

    def paced(original: Callable[[str], float | None]) -> Callable[[str], float | None]:
        return lambda expression: context.scaled(MINUTE) if expression == EACH else original(expression)

    replace(eventbridge, "_parse_rate_seconds", paced)
    eventbridge._SCHEDULER_TICK_INTERVAL = min(10.0, max(QUICKEST, context.scaled(MINUTE) / 6))

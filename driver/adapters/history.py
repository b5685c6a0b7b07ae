"""The engine's history of a stack as past updates: each keeps the pins and the message that it ran with."""

import json
from typing import Any

from driver.core.ports import PastUpdate
from spec.errors import SpecError
from spec.releases import Pin, parse_pins


def past_update(summary: Any) -> PastUpdate:  # noqa: ANN401 - the SDK's UpdateSummary
    """One entry of `pulumi stack history`."""
    return PastUpdate(
        version=summary.version or 0,
        kind=str(summary.kind),
        message=summary.message or "",
        started=summary.start_time,
        succeeded=summary.result == "succeeded",
        pins=_pins(summary.config or {}),
    )


def _pins(config: dict[str, Any]) -> dict[str, Pin]:
    entry = config.get("slipway:pins")
    value = getattr(entry, "value", None)
    if not value:
        return {}
    try:
        return parse_pins(json.loads(value) if isinstance(value, str) else value)
    except (SpecError, ValueError):
        return {}

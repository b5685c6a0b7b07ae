"""The machine's clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Time that only goes forward."""

    def now(self) -> float:
        """Seconds since some moment in the past."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def utc(self) -> datetime:
        """The time of day."""
        return datetime.now(UTC)

"""Names of time zones, as the IANA database has them."""

from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

OF_THE_MACHINE = {"Factory", "localtime"}
"""What the database has beside zones: AWS knows neither."""


@cache
def _zones() -> frozenset[str]:
    """All names that this machine knows; looking them up reads a thousand files."""
    return frozenset(available_timezones() - OF_THE_MACHINE)


def _known(name: str) -> str:
    # A machine without the database knows none; AWS then has the last word.
    known = _zones()
    if known and name not in known:
        raise ValueError(f"{name} is no time zone; use a name such as Europe/Berlin or UTC")
    return name


Timezone = Annotated[str, AfterValidator(_known)]
"""A name that is known here. https://www.iana.org/time-zones"""

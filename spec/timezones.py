"""Names of time zones, as the IANA database has them."""

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator


def _known(name: str) -> str:
    # A machine without the database knows none; AWS then has the last word.
    known = available_timezones()
    if known and name not in known:
        raise ValueError(f"{name} is no time zone; use a name such as Europe/Berlin or UTC")
    return name


Timezone = Annotated[str, AfterValidator(_known)]
"""A name that is known here. https://www.iana.org/time-zones"""

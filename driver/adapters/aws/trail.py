"""Who made which call, by CloudTrail's event history: the last 90 days, and nothing where we may not look.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from driver.adapters.aws.session import Session, translated
from driver.core.values.moments import moment
from driver.errors import Unreachable

PAGES = 4
"""So many pages are looked at: it answers two of them a second."""

Row = Mapping[str, Any]


class Trail:
    """The event history of one region. It is no more than a help, so that a refusal is an empty answer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.calls = cache(self._look_up)

    def _look_up(self, operation: str) -> Sequence[tuple[Row, str]]:
        """The parameters of each such call, newest first, with who made it and when; asked once for each operation."""
        attributes = [{"AttributeKey": "EventName", "AttributeValue": operation}]
        try:
            with translated("asking CloudTrail"):
                pages = self._session.client("cloudtrail").get_paginator("lookup_events")
                found = islice(pages.paginate(LookupAttributes=attributes), PAGES)
                rows = [row for page in found for row in page["Events"]]
        except Unreachable:
            return []
        return [
            (_parameters(row), f"{row.get('Username', 'somebody')}, {moment(row['EventTime'], seconds=False)}")
            for row in rows
        ]


def _parameters(row: Row) -> Row:
    found = json.loads(row.get("CloudTrailEvent") or "{}").get("requestParameters")
    return found if isinstance(found, dict) else {}

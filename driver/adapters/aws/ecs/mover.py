"""Who has moved a service to another task definition, as CloudTrail has it some minutes later.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from driver.adapters.aws.session import Session, translated
from driver.core.values.moments import moment
from driver.errors import DriverError

BY_NAME = [{"AttributeKey": "EventName", "AttributeValue": "UpdateService"}]
AT_MOST = 50


class EcsMover:
    """The port Mover. It is no more than a help: where nothing may be asked, or no answer comes, nobody is named."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, cluster: str, service: str, since: datetime | None) -> str:
        """The newest such call since a time; CloudTrail counts in whole seconds."""
        begin = {} if since is None else {"StartTime": since.replace(microsecond=0)}
        try:
            with translated("asking CloudTrail"):
                client = self._session.quick.client("cloudtrail")
                rows = client.lookup_events(LookupAttributes=BY_NAME, MaxResults=AT_MOST, **begin)["Events"]
        except DriverError:
            return ""
        found = next((row for row in rows if _moves(row, cluster, service)), None)
        if found is None:
            return ""
        return f"{found.get('Username', 'somebody')}, {moment(found['EventTime'], seconds=False)}"


def _moves(row: Mapping[str, Any], cluster: str, service: str) -> bool:
    asked = json.loads(row.get("CloudTrailEvent") or "{}").get("requestParameters") or {}
    place = tuple(str(asked.get(key)).rsplit("/", 1)[-1] for key in ("cluster", "service"))
    return place == (cluster, service) and asked.get("taskDefinition") is not None

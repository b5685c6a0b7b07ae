"""Log lines, by the CloudWatch Logs API."""

from collections.abc import Sequence
from typing import Any

from driver.adapters.aws.session import Session, code, translated
from driver.core.ports import LogLine
from driver.errors import NotReady

MISSING = "ResourceNotFoundException"


class CloudWatchLogs:
    """The port Logs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stream(self, group: str, stream: str, after: str | None) -> tuple[Sequence[LogLine], str | None]:
        """The lines of one stream after a cursor, and the next cursor; none while the stream is not there.

        A page may be empty while more follow; the end is where the token stays the same.
        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
        """
        from botocore.exceptions import ClientError

        lines: list[LogLine] = []
        with translated(f"reading {group} {stream}"):
            while True:
                try:
                    page = self._page(group, stream, after)
                except ClientError as error:
                    if code(error) != MISSING:
                        raise
                    return lines, after
                lines += [LogLine(at=row["timestamp"], stream=stream, message=row["message"]) for row in page["events"]]
                if page["nextForwardToken"] == after:
                    return lines, after
                after = page["nextForwardToken"]

    def _page(self, group: str, stream: str, after: str | None) -> Any:  # noqa: ANN401 - boto3 answers with dicts
        place = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}
        return self._session.client("logs").get_log_events(**place, **({"nextToken": after} if after else {}))

    def group(self, group: str, since: int) -> Sequence[LogLine]:
        """The lines of all streams of a group since a time in milliseconds, in order. Raises NotReady without it."""
        from botocore.exceptions import ClientError

        with translated(f"reading {group}"):
            try:
                pages = self._session.client("logs").get_paginator("filter_log_events")
                rows = [row for page in pages.paginate(logGroupName=group, startTime=since) for row in page["events"]]
            except ClientError as error:
                if code(error) != MISSING:
                    raise
                raise NotReady(f"there is no log group {group}", hint="`slipway up ENV` makes it.") from error
        lines = (
            LogLine(at=row["timestamp"], stream=row["logStreamName"], message=row["message"], id=row["eventId"])
            for row in rows
        )
        # Streams are interleaved only roughly; lines of one millisecond keep the order in which they came.
        return sorted(lines, key=lambda line: line.at)

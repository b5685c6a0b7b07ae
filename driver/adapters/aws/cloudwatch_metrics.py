"""CloudWatch's metrics, many at once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from driver.adapters.aws.session import Session, translated
from driver.core.values.metrics import Metric, Minutes

AT_ONCE = 500
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html"""


class CloudWatchMetrics:
    """The port Metrics."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def minutes(self, metrics: Sequence[Metric], since: datetime, until: datetime) -> Mapping[Metric, Minutes]:
        """Each series from one time to another, in as few requests as AWS allows. Raises Unreachable."""
        wanted = list(dict.fromkeys(metrics))
        found: dict[Metric, dict[datetime, float]] = {metric: {} for metric in wanted}
        for start in range(0, len(wanted), AT_ONCE):
            batch = wanted[start : start + AT_ONCE]
            for row in self._rows(batch, since, until):
                series = found[batch[int(row["Id"].removeprefix("m"))]]
                for at, value in zip(row["Timestamps"], row["Values"], strict=True):
                    series[at.astimezone(UTC)] = float(value)
        return found

    def _rows(self, batch: Sequence[Metric], since: datetime, until: datetime) -> Sequence[Mapping[str, Any]]:
        with translated("reading metrics"):
            pages = self._session.client("cloudwatch").get_paginator("get_metric_data")
            queries = [_query(number, metric) for number, metric in enumerate(batch)]
            answers = pages.paginate(MetricDataQueries=queries, StartTime=since, EndTime=until)
            return [row for answer in answers for row in answer["MetricDataResults"]]


def _query(number: int, metric: Metric) -> Mapping[str, Any]:
    named = {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }
    return {"Id": f"m{number}", "MetricStat": {"Metric": named, "Period": 60, "Stat": metric.stat}}

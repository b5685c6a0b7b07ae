from datetime import UTC, datetime, timedelta

import pytest

from driver.adapters.aws.cloudwatch_metrics import AT_ONCE, CloudWatchMetrics
from driver.adapters.aws.session import Session
from driver.core.values.metrics import metric

pytestmark = pytest.mark.sandbox
# CloudWatch forgets values of single minutes after some time.
HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)


def test_more_series_than_one_request_takes_are_read_each_with_its_own_values(session: Session) -> None:
    session.client("cloudwatch").put_metric_data(
        Namespace="Top",
        MetricData=[
            {"MetricName": name, "Value": value, "Timestamp": at, "Dimensions": [{"Name": "Number", "Value": "500"}]}
            for name, value, at in (
                ("Seconds", 1.0, HOUR),
                ("Seconds", 3.0, HOUR + timedelta(seconds=30)),
                ("Seconds", 8.0, HOUR + timedelta(minutes=1)),
                ("Other", 9.0, HOUR),
            )
        ],
    )
    metrics = [metric("Top", "Seconds", {"Number": str(number)}, "Sum") for number in range(AT_ONCE + 2)]
    found = CloudWatchMetrics(session).minutes([*metrics, metrics[0]], HOUR, HOUR + timedelta(minutes=10))
    assert len(found) == AT_ONCE + 2
    assert {key: values for key, values in found.items() if values} == {
        metrics[500]: {HOUR: 4.0, HOUR + timedelta(minutes=1): 8.0}
    }
    (average,) = (
        CloudWatchMetrics(session)
        .minutes([metric("Top", "Seconds", {"Number": "500"}, "Average")], HOUR, HOUR + timedelta(minutes=1))
        .values()
    )
    assert average == {HOUR: 2.0}
    assert CloudWatchMetrics(session).minutes([], HOUR, HOUR) == {}

"""What the AWS account says of itself before a deploy: credentials, alarms, addresses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from driver.adapters.aws import footing
from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import Session, translated
from driver.core.values.checkpoint import Resource

_NAMES = 100


class AwsAccount:
    """The port Account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def expires(self) -> datetime | None:
        """When our credentials end; None when they are renewed without us, or don't say."""
        return self._session.expires()

    def firing(self, prefix: str, names: Collection[str]) -> Sequence[str]:
        """The alarms in ALARM whose names begin so or are among these, composite ones included.

        A question is for either, and for a hundred names at most:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
        """
        kinds = ["MetricAlarm", "CompositeAlarm"]
        asked: list[dict[str, Any]] = [{"AlarmNamePrefix": prefix}]
        asked += [{"AlarmNames": batch} for batch in batches(sorted(names), _NAMES)]
        with translated("looking for alarms"):
            pages = self._session.client("cloudwatch").get_paginator("describe_alarms")
            found = [
                row["AlarmName"]
                for which in asked
                for page in pages.paginate(**which, StateValue="ALARM", AlarmTypes=kinds)
                for kind in kinds
                for row in page.get(f"{kind}s", ())
            ]
        return sorted(set(found))

    def gone(self, rows: Sequence[Resource]) -> Collection[str]:
        """The URNs of what an app stands on and AWS has no more."""
        return footing.gone(self._session, rows)

    def free_addresses(self, subnets: Sequence[str]) -> Mapping[str, int]:
        """How many addresses each subnet has left.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
        """
        with translated("counting free addresses"):
            found = self._session.client("ec2").describe_subnets(SubnetIds=list(subnets))["Subnets"]
        return {row["SubnetId"]: row["AvailableIpAddressCount"] for row in found}

"""What the AWS account says of itself before a deploy: credentials, alarms, addresses."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from driver.adapters.session import Session, translated


class AwsAccount:
    """The port Account."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def expires(self) -> datetime | None:
        """When our credentials end; None when they are renewed without us, or don't say."""
        return self._session.expires()

    def firing(self, prefix: str) -> Sequence[str]:
        """The alarms in ALARM whose names begin so, composite ones included.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
        """
        kinds = ["MetricAlarm", "CompositeAlarm"]
        with translated("looking for alarms"):
            pages = self._session.client("cloudwatch").get_paginator("describe_alarms")
            found = pages.paginate(AlarmNamePrefix=prefix, StateValue="ALARM", AlarmTypes=kinds)
            return [row["AlarmName"] for page in found for kind in kinds for row in page.get(f"{kind}s", ())]

    def free_addresses(self, subnets: Sequence[str]) -> Mapping[str, int]:
        """How many addresses each subnet has left.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html
        """
        with translated("counting free addresses"):
            found = self._session.client("ec2").describe_subnets(SubnetIds=list(subnets))["Subnets"]
        return {row["SubnetId"]: row["AvailableIpAddressCount"] for row in found}

"""Service Quotas: which values hold, and asking for more.

https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/Welcome.html
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from driver.adapters.aws.quotas.usage import AccountUsage
from driver.adapters.aws.session import Session, translated
from driver.adapters.aws.session import code as error_code
from driver.core.account.quotas import Limit, Usage
from driver.errors import NotReady
from model.settings.environment import Settings
from model.sizing.quotas import WORLD, Key, Quota

UNKNOWN = "NoSuchResourceException"
REFUSED = {
    "ResourceAlreadyExistsException",
    "IllegalArgumentException",
    "QuotaExceededException",
    "InvalidResourceStateException",
}
OPEN = ("PENDING", "CASE_OPENED")
PERIOD = 300
"""Seconds between two counts of AWS/Usage; the newest of a quarter of an hour is taken."""

Row = Mapping[str, Any]


class ServiceQuotas:
    """The port Quotas."""

    def __init__(self, region: str) -> None:
        self._session = Session(region)

    def limit(self, quota: Quota) -> Limit:
        """The applied value, else AWS's default. Raises NotReady where there is none, or it has another name."""
        with translated(f"looking up the quota {quota.name}"):
            row = self._by_name(quota) if quota.code is None else self._by_code(quota, quota.code)
            if row["QuotaName"].casefold() not in {name.casefold() for name in quota.names}:
                raise NotReady(
                    f"the quota {quota.service} {quota.code} should be {quota.name!r}, and AWS names it"
                    f" {row['QuotaName']!r}: it is not believed"
                )
            return Limit(
                code=row["QuotaCode"],
                value=float(row["Value"]),
                adjustable=bool(row.get("Adjustable")),
                used=self._metric(quota, row.get("UsageMetric") or {}),
            )

    def usage(self, settings: Settings, vpc: str | None) -> Mapping[Key, Usage]:
        """Counted anew."""
        return AccountUsage(self._session).read(settings, vpc)

    def pending(self, quota: Quota, code: str) -> float | None:
        """What was asked for last, of those requests on which AWS has not decided."""
        with translated(f"looking for requests for {quota.name}"):
            pages = self._client(quota).get_paginator("list_requested_service_quota_change_history_by_quota")
            found = pages.paginate(ServiceCode=quota.service, QuotaCode=code)
            rows = [row for page in found for row in page["RequestedQuotas"] if row["Status"] in OPEN]
        return float(rows[0]["DesiredValue"]) if rows else None

    def request(self, quota: Quota, code: str, value: float) -> str:
        """The id of the request. Raises NotReady where AWS refuses to take it."""
        from botocore.exceptions import ClientError

        asked = {"ServiceCode": quota.service, "QuotaCode": code, "DesiredValue": value}
        with translated(f"asking for more {quota.name}"):
            try:
                made = self._client(quota).request_service_quota_increase(**asked)["RequestedQuota"]
            except ClientError as error:
                if error_code(error) not in REFUSED:
                    raise
                raise NotReady(f"AWS takes no request for {quota.name}: {error}") from error
        return str(made["Id"])

    def _by_code(self, quota: Quota, code: str) -> Row:
        """GetServiceQuota knows nothing of a quota that has no applied value."""
        client, asked = self._client(quota), {"ServiceCode": quota.service, "QuotaCode": code}
        for ask in (client.get_service_quota, client.get_aws_default_service_quota):
            if (row := _answered(ask, asked)) is not None:
                return row
        raise NotReady(f"AWS knows no quota {quota.service} {code} ({quota.name}) in {self._session.region}")

    def _by_name(self, quota: Quota) -> Row:
        names = {name.casefold() for name in quota.names}
        for operation in ("list_service_quotas", "list_aws_default_service_quotas"):
            pages = self._client(quota).get_paginator(operation).paginate(ServiceCode=quota.service)
            for page in pages:
                for row in page["Quotas"]:
                    if row["QuotaName"].casefold() in names:
                        found: Row = row
                        return found
        raise NotReady(f"AWS knows no quota {quota.name!r} of {quota.service} in {self._session.region}")

    def _metric(self, quota: Quota, metric: Row) -> float | None:
        """What AWS/Usage counts, where the quota says that it does; None where nothing was counted lately.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Service-Quota-Integration.html
        """
        if not metric.get("MetricName"):
            return None
        now, statistic = datetime.now(UTC), metric.get("MetricStatisticRecommendation", "Maximum")
        rows = (
            self._session_of(quota)
            .client("cloudwatch")
            .get_metric_statistics(
                Namespace=metric["MetricNamespace"],
                MetricName=metric["MetricName"],
                Dimensions=[{"Name": name, "Value": value} for name, value in metric["MetricDimensions"].items()],
                StartTime=now - timedelta(seconds=3 * PERIOD),
                EndTime=now + timedelta(seconds=PERIOD),
                Period=PERIOD,
                Statistics=[statistic],
            )["Datapoints"]
        )
        newest = max(rows, key=lambda row: row["Timestamp"], default=None)
        return None if newest is None else float(newest[statistic])

    @cached_property
    def _world(self) -> Session:
        return Session(WORLD)

    def _session_of(self, quota: Quota) -> Session:
        return self._world if quota.world else self._session

    def _client(self, quota: Quota) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session_of(quota).client("service-quotas")


def _answered(ask: Callable[..., Any], asked: Mapping[str, str]) -> Row | None:
    from botocore.exceptions import ClientError

    try:
        row: Row = ask(**asked)["Quota"]
    except ClientError as error:
        if error_code(error) == UNKNOWN:
            return None
        raise
    return row

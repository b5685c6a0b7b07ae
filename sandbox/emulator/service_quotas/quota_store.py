"""Values of quotas and requests for more of them, by account and region."""

from dataclasses import dataclass, field

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import cloudwatch

from sandbox.emulator.ecs.store import now_epoch
from sandbox.emulator.patching.patch import Needs, Record, Refusal
from sandbox.emulator.service_quotas.quota_table import KNOWN, SERVICES, WORLD, Known

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "get_region", "new_uuid"),
    "ministack.services.cloudwatch": ("record_metric",),
}

OPEN = ("PENDING", "CASE_OPENED")


@dataclass
class _Scope:
    applied: dict[str, float] = field(default_factory=dict)
    requests: list[Record] = field(default_factory=list)


class QuotaStore:
    """The operations; each takes a request's body and returns the answer's, or raises Refusal.

    As at AWS, a quota of a service without regions is known in one region, and GetServiceQuota knows none but those to
    which a value was applied.
    """

    def __init__(self) -> None:
        self._scopes: dict[tuple[str, str], _Scope] = {}

    def get(self, data: Record) -> Record:
        """A quota with its applied value."""
        known = _known(data)
        if known.code not in self._scope().applied:
            raise _missing(known.code)
        return {"Quota": self._shown(known)}

    def get_default(self, data: Record) -> Record:
        """A quota with its default value."""
        known = _known(data)
        return {"Quota": self._shown(known) | {"Value": known.value}}

    def list_applied(self, data: Record) -> Record:
        """The quotas of a service that have an applied value."""
        applied = self._scope().applied
        return _page(data, "Quotas", [self._shown(row) for row in _of(data) if row.code in applied])

    def list_default(self, data: Record) -> Record:
        """All quotas of a service, with their default values."""
        return _page(data, "Quotas", [self._shown(row) | {"Value": row.value} for row in _of(data)])

    def request(self, data: Record) -> Record:
        """Ask for more; one open request a quota. Nobody decides upon it here, until `set` applies a value."""
        known, scope, desired = _known(data), self._scope(), float(data.get("DesiredValue") or 0)
        if not known.adjustable:
            raise Refusal("IllegalArgumentException", f"Quota {known.name} isn't adjustable")
        if desired <= scope.applied.get(known.code, known.value):
            raise Refusal("IllegalArgumentException", "The desired value must be greater than the current value")
        if any(row["QuotaCode"] == known.code and row["Status"] in OPEN for row in scope.requests):
            raise Refusal("ResourceAlreadyExistsException", "Only one open service quota increase request is allowed")
        now = now_epoch()
        made = {
            **_identity(known),
            "Id": str(new_uuid()).replace("-", ""),
            "DesiredValue": desired,
            "Status": "PENDING",
        }
        scope.requests.append(made | {"Created": now, "LastUpdated": now})
        return {"RequestedQuota": scope.requests[-1]}

    def history(self, data: Record) -> Record:
        """The requests for a quota, newest first."""
        known, status = _known(data), data.get("Status")
        rows = [row for row in self._scope().requests if row["QuotaCode"] == known.code]
        found = [row for row in reversed(rows) if status in (None, row["Status"])]
        return _page(data, "RequestedQuotas", found)

    def set(self, data: Record) -> Record:
        """The sandbox's own: apply a `Value`, which approves what was asked for, or have AWS/Usage count a `Usage`."""
        known, scope = _known(data), self._scope()
        if "Value" in data:
            scope.applied[known.code] = float(data["Value"])
            for row in scope.requests:
                if row["QuotaCode"] == known.code and row["Status"] in OPEN:
                    row.update(Status="APPROVED", LastUpdated=now_epoch())
        if "Usage" in data:
            metric = _metric(known)
            if metric is None:
                raise Refusal("IllegalArgumentException", f"AWS/Usage does not count {known.name}")
            name, dimensions = metric["MetricName"], metric["MetricDimensions"]
            cloudwatch.record_metric(metric["MetricNamespace"], name, float(data["Usage"]), "None", dimensions)
        return {"Quota": self._shown(known)}

    def _shown(self, known: Known) -> Record:
        metric = _metric(known)
        row = {**_identity(known), "Value": self._scope().applied.get(known.code, known.value)}
        row |= {"Adjustable": known.adjustable, "QuotaAppliedAtLevel": "ACCOUNT"}
        return row if metric is None else row | {"UsageMetric": metric}

    def _scope(self) -> _Scope:
        return self._scopes.setdefault((str(get_account_id()), str(get_region())), _Scope())


def _identity(known: Known) -> Record:
    region, account = str(get_region()), str(get_account_id())
    return {
        "ServiceCode": known.service,
        "ServiceName": SERVICES[known.service],
        "QuotaArn": f"arn:aws:servicequotas:{region}:{account}:{known.service}/{known.code}",
        "QuotaCode": known.code,
        "QuotaName": known.name,
        "Unit": "None",
        "GlobalQuota": known.world,
    }


def _metric(known: Known) -> Record | None:
    if known.metric is None:
        return None
    resource, service = known.metric
    return {
        "MetricNamespace": "AWS/Usage",
        "MetricName": "ResourceCount",
        "MetricDimensions": {"Class": "None", "Resource": resource, "Service": service, "Type": "Resource"},
        "MetricStatisticRecommendation": "Maximum",
    }


def _of(data: Record) -> list[Known]:
    here = str(get_region()) == WORLD
    found = [row for row in KNOWN if row.service == data.get("ServiceCode") and (here or not row.world)]
    if not found:
        raise _missing(str(data.get("ServiceCode")))
    return found


def _known(data: Record) -> Known:
    code = data.get("QuotaCode")
    found = next((row for row in _of(data) if row.code == code), None)
    if found is None:
        raise _missing(str(code))
    return found


def _missing(what: str) -> Refusal:
    return Refusal("NoSuchResourceException", f"The request failed because the specified {what} does not exist.")


def _page(data: Record, key: str, rows: list[Record]) -> Record:
    size, start = int(data.get("MaxResults") or 100), int(data.get("NextToken") or 0)
    page: Record = {key: rows[start : start + size]}
    return page if start + size >= len(rows) else page | {"NextToken": str(start + size)}

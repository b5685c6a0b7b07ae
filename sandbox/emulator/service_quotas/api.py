"""Service Quotas, which ministack lacks."""

from sandbox.emulator.patching.json_services import Service
from sandbox.emulator.patching.patch import Refusal
from sandbox.emulator.service_quotas.quota_store import QuotaStore

_store = QuotaStore()
SERVICE = Service(
    prefix="ServiceQuotasV20190624.",
    whose="Service Quotas'",
    operations={
        "GetServiceQuota": _store.get,
        "GetAWSDefaultServiceQuota": _store.get_default,
        "ListServiceQuotas": _store.list_applied,
        "ListAWSDefaultServiceQuotas": _store.list_default,
        "RequestServiceQuotaIncrease": _store.request,
        "ListRequestedServiceQuotaChangeHistoryByQuota": _store.history,
        "SandboxSet": _store.set,
    },
)


def applied(service: str, code: str) -> float:
    """The value that holds in the account and region of the call. Raises Refusal for a quota that AWS has not."""
    data = {"ServiceCode": service, "QuotaCode": code}
    try:
        return float(_store.get(data)["Quota"]["Value"])
    except Refusal:
        return float(_store.get_default(data)["Quota"]["Value"])

"""Service Quotas, which ministack lacks."""

from sandbox.emulator.patching.json_services import Service
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

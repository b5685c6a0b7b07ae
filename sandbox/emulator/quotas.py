"""Service Quotas, which ministack lacks."""

import json
from collections.abc import Callable

from ministack.core.responses import get_account_id, new_uuid, request_scope, set_request_account_id
from ministack.core.router import extract_access_key_id, extract_region

from sandbox.asgi import App, Receive, Scope, Send, body_of, header
from sandbox.asgi import answer as send_answer
from sandbox.emulator.patching import Needs, Record, Refusal, answer, error
from sandbox.emulator.quota_store import QuotaStore

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "new_uuid", "request_scope", "set_request_account_id"),
    "ministack.core.router": ("extract_access_key_id", "extract_region"),
}

PREFIX = "ServiceQuotasV20190624."
_store = QuotaStore()
_OPERATIONS: dict[str, Callable[[Record], Record]] = {
    "GetServiceQuota": _store.get,
    "GetAWSDefaultServiceQuota": _store.get_default,
    "ListServiceQuotas": _store.list_applied,
    "ListAWSDefaultServiceQuotas": _store.list_default,
    "RequestServiceQuotaIncrease": _store.request,
    "ListRequestedServiceQuotaChangeHistoryByQuota": _store.history,
    "SandboxSet": _store.set,
}


def in_front(app: App) -> App:
    """Put Service Quotas in front of an application, which gets all other requests."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        target = header(scope, "x-amz-target") if scope["type"] == "http" else ""
        if not target.startswith(PREFIX):
            await app(scope, receive, send)
            return
        credentials = {"authorization": header(scope, "authorization")}
        set_request_account_id(extract_access_key_id(credentials))
        with request_scope(str(get_account_id()), str(extract_region(credentials))):
            status, headers, body = _handle(target.removeprefix(PREFIX), await body_of(receive))
        sent = {name.lower(): value for name, value in headers.items()}
        await send_answer(send, status, {**sent, "x-amzn-requestid": str(new_uuid())}, body)

    return wrapped


def _handle(operation: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
    try:
        if operation not in _OPERATIONS:
            raise Refusal("InvalidAction", f"Service Quotas' {operation} isn't in the sandbox.")
        return answer(_OPERATIONS[operation](json.loads(body or b"{}")))
    except Refusal as refusal:
        return error(refusal)

"""Application Auto Scaling as an API: the targets, policies and scheduled actions of ECS services."""

import json
from collections.abc import Callable

from ministack.core.responses import get_account_id, new_uuid, request_scope, set_request_account_id
from ministack.core.router import extract_access_key_id, extract_region

from sandbox.asgi import App, Receive, Scope, Send, body_of, header
from sandbox.asgi import answer as send_answer
from sandbox.emulator.patching import Answer, Needs, Record, Refusal, answer, error
from sandbox.emulator.scaling_schedules import Schedules
from sandbox.emulator.scaling_store import ScalingStore

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "get_region", "new_uuid", "request_scope", "set_request_account_id"),
    "ministack.core.router": ("extract_access_key_id", "extract_region"),
}

PREFIX = "AnyScaleFrontendService."
store = ScalingStore()
_schedules = Schedules(store.has_target)


def _deregister(data: Record) -> Record:
    made = store.deregister(data)
    _schedules.forget(data)
    return made


_OPERATIONS: dict[str, Callable[[Record], Record]] = {
    "RegisterScalableTarget": store.register,
    "DescribeScalableTargets": store.describe_targets,
    "DeregisterScalableTarget": _deregister,
    "PutScalingPolicy": store.put_policy,
    "DescribeScalingActivities": store.describe_activities,
    "DescribeScalingPolicies": store.describe_policies,
    "DeleteScalingPolicy": store.delete_policy,
    "PutScheduledAction": _schedules.put,
    "DescribeScheduledActions": _schedules.describe,
    "DeleteScheduledAction": _schedules.delete,
    "ListTagsForResource": store.list_tags,
    "TagResource": store.tag,
    "UntagResource": store.untag,
}


def handle(target: str, body: bytes, account: str, region: str) -> Answer | None:
    """The answer to a request by its X-Amz-Target, or None when it is for another service."""
    if not target.startswith(PREFIX):
        return None
    with request_scope(account, region):
        try:
            return answer(_operation(target.removeprefix(PREFIX))(json.loads(body or b"{}")))
        except Refusal as refusal:
            return error(refusal)


def extra_services(app: App) -> App:
    """Put the services that ministack lacks in front of its application."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        target = header(scope, "x-amz-target") if scope["type"] == "http" else ""
        if not target.startswith(PREFIX):
            await app(scope, receive, send)
            return
        credentials = {"authorization": header(scope, "authorization")}
        made = handle(target, await body_of(receive), _account(credentials), str(extract_region(credentials)))
        await _send(made or error(Refusal("InvalidAction", target)), send)

    return wrapped


def _operation(name: str) -> Callable[[Record], Record]:
    if name not in _OPERATIONS:
        raise Refusal("InvalidAction", f"Application Auto Scaling's {name} isn't in the sandbox.")
    return _OPERATIONS[name]


def _account(headers: dict[str, str]) -> str:
    set_request_account_id(extract_access_key_id(headers))
    return str(get_account_id())


async def _send(made: Answer, send: Send) -> None:
    status, headers, body = made
    sent = {name.lower(): value for name, value in headers.items()}
    await send_answer(send, status, {**sent, "x-amzn-requestid": str(new_uuid())}, body)

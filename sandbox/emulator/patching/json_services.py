"""Services that ministack lacks and that are called by X-Amz-Target, put in front of its application."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ministack.core.responses import get_account_id, new_uuid, request_scope, set_request_account_id
from ministack.core.router import extract_access_key_id, extract_region

from sandbox import asgi
from sandbox.asgi import App, Receive, Scope, Send
from sandbox.emulator.patching.patch import Answer, Needs, Record, Refusal, answer, error

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "new_uuid", "request_scope", "set_request_account_id"),
    "ministack.core.router": ("extract_access_key_id", "extract_region"),
}


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service: what its targets begin with, whose operations they are, as in "Service Quotas'", and these."""

    prefix: str
    whose: str
    operations: Mapping[str, Callable[[Record], Record]]

    def answered(self, operation: str, body: bytes) -> Answer:
        """The answer to one request, in the scope of its account and region."""
        try:
            if operation not in self.operations:
                raise Refusal("InvalidAction", f"{self.whose} {operation} isn't in the sandbox.")
            return answer(self.operations[operation](json.loads(body or b"{}")))
        except Refusal as refusal:
            return error(refusal)


def in_front(app: App, service: Service) -> App:
    """Put a service in front of an application, which gets all other requests."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        target = asgi.header(scope, "x-amz-target") if scope["type"] == "http" else ""
        if not target.startswith(service.prefix):
            await app(scope, receive, send)
            return
        body, credentials = await asgi.body_of(receive), {"authorization": asgi.header(scope, "authorization")}
        set_request_account_id(extract_access_key_id(credentials))
        with request_scope(str(get_account_id()), str(extract_region(credentials))):
            status, headers, made = service.answered(target.removeprefix(service.prefix), body)
        sent = {name.lower(): value for name, value in headers.items()}
        await asgi.answer(send, status, {**sent, "x-amzn-requestid": str(new_uuid())}, made)

    return wrapped

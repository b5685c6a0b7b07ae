"""Puts the faults between the emulator and its clients, and takes orders for them."""

import asyncio
from collections.abc import Callable

from pydantic import ValidationError

from sandbox.asgi import App, Message, Receive, Scope, Send, answer_json, body_of
from sandbox.asgi import answer as send_answer

from .answers import answer
from .recognise import Call, recognise, service_of
from .rules import Fault, Kind, Rules

PATH = "/_slipway/faults"


class Faults:
    """ASGI middleware; a request that meets no fault passes through untouched, its body unread."""

    def __init__(self, app: App, hang_up: Callable[[], None], rules: Rules | None = None) -> None:
        """`hang_up` closes the connection of the request that is being handled."""
        self._app, self._hang_up, self._rules = app, hang_up, rules or Rules()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Orders under PATH, everything else to the emulator, by way of the faults."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == PATH:
            await self._order(scope, receive, send)
        else:
            await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        service, named = service_of(scope), self._rules.services()
        if not service or not named & {service, "*"}:
            await self._app(scope, receive, send)
            return
        body = await body_of(receive)
        call = await asyncio.to_thread(recognise, scope, body)
        fault = self._rules.hit(call.service, call.operation)
        again = replay(body, receive)
        if fault is None:
            await self._app(scope, again, send)
        elif fault.kind is Kind.DELAY:
            await asyncio.sleep(fault.delay)
            await self._app(scope, again, send)
        elif fault.kind is Kind.LOSE:
            await self._app(scope, again, _unheard)
            self._hang_up()
        else:
            await self._fail(send, call, fault)

    async def _fail(self, send: Send, call: Call, fault: Fault) -> None:
        if fault.kind is Kind.DROP:
            self._hang_up()
            return
        made = answer(call, fault.kind)
        await send_answer(send, made.status, made.headers, made.body)

    async def _order(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["method"]:
            case "GET":
                await answer_json(send, 200, [one.model_dump(mode="json") for one in self._rules.standing()])
            case "DELETE":
                await answer_json(send, 200, {"cleared": self._rules.clear()})
            case "POST":
                await self._add(await body_of(receive), send)
            case method:
                await answer_json(send, 405, {"error": f"{method} is not known here; GET, POST and DELETE are"})

    async def _add(self, body: bytes, send: Send) -> None:
        try:
            fault = Fault.model_validate_json(body)
        except ValidationError as error:
            places = [f"{'/'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
            await answer_json(send, 400, {"error": "; ".join(places)})
            return
        await answer_json(send, 201, self._rules.add(fault).model_dump(mode="json"))


async def _unheard(message: Message) -> None:
    """A `send` that leads nowhere."""


def replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body that was read already, then whatever comes next."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once

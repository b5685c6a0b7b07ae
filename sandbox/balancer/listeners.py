"""Binds and unbinds listeners as the control plane's tables change, and handles what arrives."""

import asyncio
import logging
from functools import partial

from aiohttp import web

from sandbox.balancer import tables
from sandbox.balancer.answers import failure, fixed, redirect
from sandbox.balancer.headers import Policy, for_target
from sandbox.balancer.proxy import IDLE_SECONDS, Proxy
from sandbox.balancer.routing import Router
from sandbox.balancer.rules import Asked, choose
from sandbox.balancer.tables import Endpoint
from sandbox.context import Context
from sandbox.emulator.installation import targets, traffic
from sandbox.emulator.patching import selftest
from sandbox.emulator.patching.patch import Record

LOOK_EVERY = 0.25
# A listener that is closed lets its requests end, at most this long.
CLOSE_SECONDS = 5.0
logger = logging.getLogger("sandbox.balancer")


def start(context: Context) -> "Listeners":
    """Serve all load balancers in the running event loop, until `stop()` of what this returns.

    Raises EmulatorChanged when ministack lacks a table that the data plane reads.
    """
    selftest.check([tables])
    listeners = Listeners(context)
    listeners.start()
    return listeners


class Listeners:
    """The bound listeners."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._proxy, self._router = Proxy(traffic), Router(targets)
        self._bound: dict[Endpoint, web.ServerRunner] = {}
        self._refused: set[Endpoint] = set()
        self._follower: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow the control plane's tables."""
        self._follower = asyncio.create_task(self._follow(), name="sandbox-listeners")

    async def stop(self) -> None:
        """Unbind everything."""
        if self._follower is not None:
            self._follower.cancel()
        for endpoint in list(self._bound):
            await self._unbind(endpoint)
        await self._proxy.close()

    async def _follow(self) -> None:
        while True:
            try:
                await self._reconcile()
            except Exception:
                logger.exception("following the listeners failed")
            await asyncio.sleep(LOOK_EVERY)

    async def _reconcile(self) -> None:
        wanted = tables.endpoints()
        self._refused &= wanted
        for endpoint in set(self._bound) - wanted:
            await self._unbind(endpoint)
        for endpoint in wanted - set(self._bound):
            await self._bind(endpoint)

    async def _bind(self, endpoint: Endpoint) -> None:
        server = web.Server(partial(self._handle, endpoint), keepalive_timeout=IDLE_SECONDS, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=CLOSE_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, endpoint.host, endpoint.port, reuse_address=True).start()
        except OSError as error:
            await runner.cleanup()
            if endpoint not in self._refused:
                self._refused.add(endpoint)
                logger.error("can't bind %s:%s for %s: %s", endpoint.host, endpoint.port, endpoint.listener, error)
            return
        self._bound[endpoint] = runner

    async def _unbind(self, endpoint: Endpoint) -> None:
        await self._bound.pop(endpoint).cleanup()

    async def _handle(self, endpoint: Endpoint, request: web.BaseRequest) -> web.StreamResponse:
        listener = tables.listener(endpoint.listener)
        asked = _asked(request)
        rule = choose(tables.rules(endpoint.listener), asked) if listener else None
        if listener is None or rule is None:
            return failure(503)
        balancer = listener["LoadBalancerArn"]
        action = max(rule["Actions"], key=lambda one: int(one.get("Order", 1)))
        kind = action["Type"]
        if kind == "forward":
            return await self._forward(request, listener, action)
        if kind == "fixed-response":
            return _counted(balancer, kind, fixed(action))
        if kind == "redirect":
            query = request.raw_path.partition("?")[2]
            moved = redirect(action, asked, protocol=listener["Protocol"], port=int(listener["Port"]), query=query)
            return _counted(balancer, kind, moved)
        logger.error("the sandbox's load balancers have no %s action (%s)", kind, endpoint.listener)
        return failure(501)

    async def _forward(self, request: web.BaseRequest, listener: Record, action: Record) -> web.StreamResponse:
        balancer, group = listener["LoadBalancerArn"], self._router.group(action)
        if group is not None and tables.target_type(group) == "lambda":
            logger.error("the sandbox's load balancers can't forward to functions (%s)", group)
            return failure(501)
        target = self._router.target(group) if group else None
        if target is None:
            traffic.own(balancer, 503)
            return failure(503)
        headers = for_target(
            request.raw_headers,
            _policy(balancer),
            client=request.remote or "",
            protocol=listener["Protocol"],
            port=int(listener["Port"]),
        )
        idle = float(tables.attribute(balancer, "idle_timeout.timeout_seconds", str(IDLE_SECONDS)))
        return await self._proxy.forward(request, target, balancer, headers, idle)


def _counted(balancer: str, kind: str, made: web.Response) -> web.Response:
    traffic.own(balancer, made.status, kind)
    return made


def _policy(balancer: str) -> Policy:
    return Policy(
        mode=tables.attribute(balancer, "routing.http.xff_header_processing.mode", "append"),
        drop_invalid=tables.attribute(balancer, "routing.http.drop_invalid_header_fields.enabled", "false") == "true",
    )


def _asked(request: web.BaseRequest) -> Asked:
    names = {name.lower() for name in request.headers}
    return Asked(
        method=request.method,
        host=request.host.rsplit(":", 1)[0].lower(),
        path=request.raw_path.partition("?")[0],
        query=[(key, value) for key, value in request.rel_url.query.items()],
        headers={name: request.headers.getall(name) for name in names},
        client=request.remote or "127.0.0.1",
    )

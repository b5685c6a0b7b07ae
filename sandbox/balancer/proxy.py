"""Passes a request on to a target and its answer back, streaming both ways."""

import logging
import time

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from sandbox.balancer.answers import SERVER, failure
from sandbox.balancer.headers import end_to_end
from sandbox.emulator.elbv2.targets import Target
from sandbox.emulator.elbv2.traffic import Traffic

# An ALB's own values: 10 s to connect, idle connections for the idle timeout, 60 s unless set.
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 60.0
NO_OWN_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
logger = logging.getLogger("sandbox.balancer")


class Proxy:
    """One pool of connections to all targets; make it inside the event loop and close it at the end."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS, use_dns_cache=False),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # A load balancer answers 502 when a target hangs up; aiohttp would ask a second time.
        self._session._retry_connection = False

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def forward(
        self, request: web.BaseRequest, target: Target, balancer: str, headers: CIMultiDict[str], idle: float
    ) -> web.StreamResponse:
        """The target's answer, or 502 and 504 as a load balancer gives them; `idle` is its idle timeout, seconds."""
        target.in_flight += 1
        self._traffic.chosen((balancer, target.group))
        try:
            return await self._exchange(request, target, balancer, headers, idle)
        except aiohttp.SocketTimeoutError:
            return self._failed(balancer, 504)
        except aiohttp.ClientConnectorError as error:
            self._traffic.unreachable((balancer, target.group))
            logger.info("%s %s to %s: %s", request.method, request.path, target.address, error)
            return self._failed(balancer, 502)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, aiohttp.http.HttpProcessingError) as error:
            logger.info("%s %s to %s: %s", request.method, request.path, target.address, error)
            return self._failed(balancer, 502)
        except aiohttp.ClientResponseError:
            return self._failed(balancer, 502)
        finally:
            target.in_flight -= 1

    def _failed(self, balancer: str, status: int) -> web.Response:
        self._traffic.own(balancer, status)
        return failure(status)

    async def _exchange(
        self, request: web.BaseRequest, target: Target, balancer: str, headers: CIMultiDict[str], idle: float
    ) -> web.StreamResponse:
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        began = time.monotonic()
        async with self._session.request(
            request.method,
            URL(f"http://{target.address.host}:{target.address.port}{request.raw_path}", encoded=True),
            headers=headers,
            data=request.content if request.can_read_body else None,
            skip_auto_headers=NO_OWN_HEADERS,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=idle),
        ) as answer:
            self._traffic.answered((balancer, target.group), answer.status, time.monotonic() - began)
            return await _pass_back(request, answer)


async def _pass_back(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = web.StreamResponse(
        status=answer.status, reason=answer.reason, headers=CIMultiDict(end_to_end(answer.raw_headers))
    )
    response.headers.setdefault("Server", SERVER)
    try:
        await response.prepare(request)
    except ConnectionError:
        return response
    try:
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    except ConnectionResetError:
        # The client left; aiohttp notices that by itself.
        return response
    except aiohttp.ClientError as error:
        # The status line is out, so that all that is left to tell the client is to hang up.
        logger.info("%s %s broke off: %s", request.method, request.path, error)
        if request.transport is not None:
            request.transport.abort()
    return response

"""A steady load on one address of this machine, with what became of each request."""

import asyncio
import contextlib
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from socket import gethostbyname
from urllib.parse import urlsplit

import httpx

TIMEOUT = 10.0
"""Seconds after which a request without an answer has failed."""
LONGEST = 600.0
"""Seconds after which a load ends by itself."""


@dataclass
class Traffic:
    """What has come back so far: seconds of each good answer, and a sentence for each that was not good."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Requests, failures and latencies, as a benchmark prints them."""
        cuts = statistics.quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        total = len(self.seconds) + len(self.failures)
        return (
            f"{total:6d} requests  {len(self.failures):3d} failed"
            f"  p50 {cuts[49] * 1000:5.1f} ms  p99 {cuts[98] * 1000:6.1f} ms"
        )


@contextlib.contextmanager
def steady(url: str, clients: int = 4, each: float = 10.0) -> Iterator[Traffic]:
    """Load on `url` while the block runs: `clients` that keep their connections, `each` requests a second at the most.

    Raises ValueError for an address that is not this machine's.
    """
    host = urlsplit(url).hostname or ""
    if not ip_address(gethostbyname(host)).is_loopback:
        raise ValueError(f"{host} is not this machine; load goes to loopback only")
    traffic, over = Traffic(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_all(url, clients, 1 / each, traffic, over)), daemon=True)
    thread.start()
    try:
        yield traffic
    finally:
        over.set()
        thread.join()


async def _all(url: str, clients: int, pause: float, traffic: Traffic, over: threading.Event) -> None:
    await asyncio.gather(*(_one(url, pause, traffic, over) for _ in range(clients)))


async def _one(url: str, pause: float, traffic: Traffic, over: threading.Event) -> None:
    until = time.monotonic() + LONGEST
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
        while not over.is_set() and time.monotonic() < until:
            started = time.perf_counter()
            try:
                answer = await client.get(url)
            except httpx.HTTPError as error:
                traffic.failures.append(f"{type(error).__name__}: {error}")
            else:
                spent = time.perf_counter() - started
                if answer.status_code == httpx.codes.OK:
                    traffic.seconds.append(spent)
                else:
                    traffic.failures.append(f"HTTP {answer.status_code}")
            await asyncio.sleep(max(0.0, pause - (time.perf_counter() - started)))

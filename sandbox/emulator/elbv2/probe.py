"""The health checker: probes every registered target as a load balancer does."""

import asyncio
import logging
import ssl
import threading
import time
from dataclasses import dataclass

from sandbox.context import Context
from sandbox.emulator.elbv2 import groups
from sandbox.emulator.elbv2.groups import HealthCheck
from sandbox.emulator.elbv2.targets import Address, State, Target, Targets

TICK = 0.1
# A paced timeout would fail an honest answer on a busy laptop.
MIN_TIMEOUT = 1.0
logger = logging.getLogger("sandbox.probe")


@dataclass(frozen=True)
class Outcome:
    """What one probe found; `reason` and `description` as DescribeTargetHealth words them."""

    passed: bool
    reason: str = ""
    description: str = ""


class Prober:
    """Probes all targets from a thread with an event loop of its own."""

    def __init__(self, context: Context, targets: Targets) -> None:
        self._context, self._targets = context, targets
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Probe until the process ends."""
        threading.Thread(target=lambda: asyncio.run(self._run()), name="sandbox-prober", daemon=True).start()

    async def _run(self) -> None:
        while True:
            try:
                self._round()
            except Exception:
                logger.exception("a round of health checks failed")
            await asyncio.sleep(TICK)

    def _round(self) -> None:
        self._targets.sweep()
        for group in self._targets.groups():
            try:
                self._look_at(group)
            except Exception:
                # One group's trouble must not stop the others' checks.
                logger.exception("the health checks of %s failed", group)

    def _look_at(self, group: str) -> None:
        settings = groups.record(group)
        if settings is None:
            self._targets.drop_group(group)
        else:
            self._probe_group(group, groups.health_check(settings), used=bool(groups.load_balancers_of(group)))

    def _probe_group(self, group: str, check: HealthCheck, *, used: bool) -> None:
        for target in self._targets.members(group):
            if target.drain:
                continue
            if not used:
                target.passed = target.failed = 0
                target.set(
                    State.UNUSED,
                    "Target.NotInUse",
                    "Target group is not configured to receive traffic from the load balancer",
                )
            elif time.monotonic() >= target.next_probe:
                self._start_probe(target, check)

    def _start_probe(self, target: Target, check: HealthCheck) -> None:
        if target.state is State.UNUSED:
            target.set(State.INITIAL, "Elb.RegistrationInProgress", "Target registration is in progress")
        target.next_probe = time.monotonic() + max(self._context.scaled(check.interval), TICK)
        task = asyncio.get_running_loop().create_task(self._probe(target, check))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _probe(self, target: Target, check: HealthCheck) -> None:
        timeout = max(self._context.scaled(check.timeout), MIN_TIMEOUT)
        outcome = await probe(target.address, check, timeout)
        # A slow probe isn't followed by one that is already due.
        target.next_probe = max(target.next_probe, time.monotonic() + TICK)
        if not target.drain:
            apply(target, check, outcome)


def apply(target: Target, check: HealthCheck, outcome: Outcome) -> None:
    """Count one probe and change the target's state when a threshold is reached."""
    target.answered |= outcome.passed or outcome.reason == "Target.ResponseCodeMismatch"
    if outcome.passed:
        target.passed, target.failed = target.passed + 1, 0
        if target.passed >= check.healthy_count:
            target.set(State.HEALTHY)
    else:
        target.passed, target.failed = 0, target.failed + 1
        if target.failed >= check.unhealthy_count:
            target.set(State.UNHEALTHY, outcome.reason, outcome.description)


async def probe(address: Address, check: HealthCheck, timeout: float) -> Outcome:
    """One health check of a target, real seconds."""
    port = address.port if check.port == "traffic-port" else int(check.port)
    try:
        status = await asyncio.wait_for(_status(Address(address.host, port), check), timeout)
    except TimeoutError:
        return Outcome(False, "Target.Timeout", "Request timed out")
    except (OSError, ValueError):
        return Outcome(False, "Target.FailedHealthChecks", "Health checks failed")
    if check.accepts(status):
        return Outcome(True)
    return Outcome(False, "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]")


async def _status(address: Address, check: HealthCheck) -> int:
    """Raises OSError when there is no connection and ValueError when the answer isn't HTTP."""
    reader, writer = await asyncio.open_connection(address.host, address.port, ssl=_tls(check))
    try:
        # A load balancer knows its targets by address, so that is the Host it sends.
        writer.write(
            f"GET {check.path} HTTP/1.1\r\nHost: {address.host}:{address.port}\r\nConnection: close\r\n"
            "User-Agent: ELB-HealthChecker/2.0\r\nAccept-Encoding: gzip, compressed\r\n\r\n".encode()
        )
        await writer.drain()
        protocol, status, *_ = (await reader.readline()).decode("latin-1").split(" ", 2)
        if not protocol.startswith("HTTP/"):
            raise ValueError(f"{protocol} is not HTTP")
        await reader.read(65536)
        return int(status)
    finally:
        writer.close()


def _tls(check: HealthCheck) -> ssl.SSLContext | None:
    if check.protocol != "HTTPS":
        return None
    # Load balancers don't verify their targets' certificates.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context

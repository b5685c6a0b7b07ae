"""One health check: what is sent, and what is made of the answer."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sandbox.emulator.elbv2.groups import HealthCheck, health_check
from sandbox.emulator.elbv2.probe import Outcome, apply, probe
from sandbox.emulator.elbv2.targets import Address, State, Target, Targets

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
FAILED = Outcome(False, "Target.Timeout", "Request timed out")


def check(**settings: object) -> HealthCheck:
    return health_check(
        {"HealthCheckPath": "/health", "HealthyThresholdCount": 2, "UnhealthyThresholdCount": 3, **settings}
    )


def answering(text: str, seen: list[str]) -> Handle:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(text.encode())

    return handle


def probed(handle: Handle, timeout: float = 2.0, **settings: object) -> tuple[Outcome, int]:
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await handle(reader, writer)
        writer.close()
        await asyncio.wait([asyncio.ensure_future(writer.wait_closed())])
        closed.set()

    async def run() -> tuple[Outcome, int]:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            outcome = await probe(Address("127.0.0.1", port), check(**settings), timeout)
            await closed.wait()
            return outcome, port

    return asyncio.run(run())


def test_the_probe_names_the_target_by_address_as_a_load_balancer_does() -> None:
    seen: list[str] = []
    outcome, port = probed(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", seen))
    assert outcome.passed
    lines = seen[0].split("\r\n")
    assert lines[0] == "GET /health HTTP/1.1"
    assert f"Host: 127.0.0.1:{port}" in lines
    assert "User-Agent: ELB-HealthChecker/2.0" in lines


def test_each_failure_has_its_reason() -> None:
    async def silent(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.4)

    assert probed(answering("HTTP/1.1 503 No\r\n\r\n", []))[0] == Outcome(
        False, "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"
    )
    assert probed(silent, timeout=0.1)[0].reason == "Target.Timeout"
    assert probed(answering("hello\r\n\r\n", []))[0].reason == "Target.FailedHealthChecks"
    nobody = asyncio.run(probe(Address("127.0.0.1", 9), check(), 1.0))
    assert nobody.reason == "Target.FailedHealthChecks"


@pytest.mark.parametrize(
    ("matcher", "status", "passes"),
    [("200", 200, True), ("200", 204, False), ("200-299", 204, True), ("200,301", 301, True), ("200,301", 302, False)],
)
def test_a_matcher_is_codes_and_ranges(matcher: str, status: int, passes: bool) -> None:
    assert check(Matcher={"HttpCode": matcher}).accepts(status) is passes


def test_only_consecutive_outcomes_change_a_target() -> None:
    target = Target("group", Address("127.0.0.1", 80))
    states = []
    for outcome in (Outcome(True), Outcome(True), FAILED, FAILED, Outcome(True), FAILED, FAILED, FAILED):
        apply(target, check(), outcome)
        states.append(target.state)
    healthy = [State.HEALTHY] * 6
    assert states == [State.INITIAL, *healthy, State.UNHEALTHY]
    assert target.description == "Request timed out"


def test_a_draining_target_gets_nothing_new_and_stays_for_its_requests() -> None:
    targets, address = Targets(), Address("127.0.0.1", 80)
    target = targets.register("group", address)
    assert targets.eligible("group") == [target]
    target.in_flight = 1
    assert targets.deregister("group", address, paced=0, real=60)
    assert not targets.deregister("group", address, paced=0, real=60)
    targets.sweep()
    assert (targets.eligible("group"), targets.get("group", address)) == ([], target)
    target.in_flight = 0
    targets.sweep()
    assert targets.get("group", address) is None

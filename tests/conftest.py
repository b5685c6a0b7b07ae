import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from driver.adapters.pulumi.find_engine import find

MARKED = "on the real engine"
LONG = ("tests/platform/", "tests/faults/", "tests/engine/")
"""Where the long files are: they begin before all others, so that none of them is left when the others have ended."""

# The engine is started hundreds of times, each for a few seconds: it spends a quarter less CPU when it seldom collects.
os.environ.setdefault("GOGC", "400")

# How long an example takes is a matter of the machine.
settings.register_profile("slipway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slipway")


@pytest.fixture(scope="session")
def engine() -> Path:
    """The Pulumi engine that all tests share."""
    return find(lambda _line: None, env=os.environ)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files.

    Mark what runs on the real engine, so that the report of a test still tells, and let it run again if it fails.
    That goes for tests of the sandbox too: docs/adr/0012-a-failed-test-runs-once-more.md.
    By the marker: among a report's keywords are the names of folders, and words of a test's parameters.
    """
    items.sort(key=lambda item: next((at for at, area in enumerate(LONG) if item.nodeid.startswith(area)), len(LONG)))
    for item in items:
        if item.get_closest_marker("engine") is not None:
            item.user_properties.append((MARKED, True))
        if item.get_closest_marker("engine") or item.get_closest_marker("sandbox"):
            item.add_marker(pytest.mark.flaky(reruns=1))


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """The tests of a file run in one process, and so do all that share the whole platform."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return "tests/platform" if file.startswith("tests/platform/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """Asked for by xdist, when tests run in several processes."""
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on the real engine: a green run without them would prove little."""
    passed = terminalreporter.stats.get("passed", [])
    ran = sum(MARKED in dict(row.user_properties) for row in passed if row.when == "call")
    terminalreporter.write_line(f"{ran} tests ran on the real engine")

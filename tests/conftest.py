import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from driver.adapters.engine import find

MARKED = "on the real engine"

# How long an example takes is a matter of the machine.
settings.register_profile("slipway", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("slipway")


@pytest.fixture(scope="session")
def engine() -> Path:
    """The Pulumi engine that all tests share."""
    return find(lambda _line: None, env=os.environ)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests run in one process, one after the other: those of a file, and all that share the whole platform."""
    for item in items:
        group = "whole" if item.path.parent.name == "whole" else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
        # By the marker: among a report's keywords are the names of folders, and words of a test's parameters.
        if item.get_closest_marker("engine") is not None:
            item.user_properties.append((MARKED, True))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on the real engine: a green run without them would prove little."""
    passed = terminalreporter.stats.get("passed", [])
    ran = sum(MARKED in dict(row.user_properties) for row in passed if row.when == "call")
    terminalreporter.write_line(f"{ran} tests ran on the real engine")

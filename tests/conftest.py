import os
from pathlib import Path

import pytest

from driver.adapters.engine import find


@pytest.fixture(scope="session")
def engine() -> Path:
    """The Pulumi engine that all tests share."""
    return find(lambda _line: None, env=os.environ)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on the real engine: a green run without them would prove little."""
    passed = terminalreporter.stats.get("passed", [])
    terminalreporter.write_line(f"{sum('engine' in row.keywords for row in passed)} tests ran on the real engine")

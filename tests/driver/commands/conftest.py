from pathlib import Path

import pytest

ENGINE = """#!/bin/sh
echo "$@" >> "$0.calls"
exit 1
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An engine that only writes down that it was called, and where."""
    engine = tmp_path / "pulumi"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    monkeypatch.setenv("SLIPWAY_ENGINE", str(engine))
    return tmp_path / "pulumi.calls"

"""Rules of running what builds images."""

import os
import time
from pathlib import Path

import pytest

from driver.adapters.host import build_tools
from driver.errors import InvalidInput, NotReady


def test_a_build_that_is_stopped_leaves_nothing_running(tmp_path: Path) -> None:
    def stop(line: str) -> None:
        raise KeyboardInterrupt

    mark = tmp_path / "pid"
    script = f"echo $$ > {mark}; echo began; exec sleep 60"
    with pytest.raises(KeyboardInterrupt):
        build_tools.run([("sh", "-c", script)], {}, stop, quiet=False)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.kill(int(mark.read_text()), 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("it still runs")


def test_commands_run_in_turn_up_to_the_first_that_fails(tmp_path: Path) -> None:
    told: list[str] = []
    commands = [("sh", "-c", "echo one"), ("sh", "-c", "echo two; exit 3"), ("touch", str(tmp_path / "three"))]
    with pytest.raises(NotReady, match="failed with 3"):
        build_tools.run(commands, {}, told.append, quiet=False)
    assert told == ["one", "two"]
    assert not (tmp_path / "three").exists()


def test_a_secret_is_masked_in_what_is_said() -> None:
    told: list[str] = []
    build_tools.run([("echo", "it is sentinel-4711")], {"npm": b"sentinel-4711"}, told.append, quiet=False)
    assert told == ["it is ***"]


def test_values_are_read_where_a_secret_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPM_TOKEN", "one")
    monkeypatch.delenv("NOTHING", raising=False)
    (tmp_path / "key").write_text("two\n")
    given = ["id=npm,env=NPM_TOKEN", f"id=key,src={tmp_path / 'key'}", f"type=file,id=same,source={tmp_path / 'key'}"]
    assert build_tools.secret_values(given) == {"npm": b"one", "key": b"two", "same": b"two"}
    for wrong in ("id=a,env=NOTHING", f"id=a,src={tmp_path / 'none'}"):
        with pytest.raises(InvalidInput, match="--secret a: "):
            build_tools.secret_values([wrong])

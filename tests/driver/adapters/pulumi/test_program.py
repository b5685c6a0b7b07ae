import sys
import traceback
from pathlib import Path

import pytest
from pulumi import log

from driver.adapters.pulumi import program


def written(folder: Path, text: str) -> Path:
    (folder / "__main__.py").write_text(text)
    return folder


def test_the_program_finds_its_own_modules_and_the_path_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "platform_of_mine.py").write_text("NAME = 'dev'\n")
    before = list(sys.path)
    program.run(written(tmp_path, "import platform_of_mine\nassert platform_of_mine.NAME == 'dev'\n"))
    assert sys.path == before


def test_an_error_of_the_program_has_its_whole_traceback(tmp_path: Path) -> None:
    text = "def outer():\n    inner()\n\ndef inner():\n    raise KeyError('vpc')\n\nouter()\n"
    with pytest.raises(KeyError) as caught:
        program.run(written(tmp_path, text))
    shown = "".join(traceback.format_exception(caught.value))
    assert "in outer" in shown and "in inner" in shown


SEES_NO_STACK = "import traceback\ndef deep():\n    assert len(traceback.extract_stack()) == 1\ndeep()\n"


def test_the_program_has_no_stack_to_send_along(tmp_path: Path) -> None:
    program.run(written(tmp_path, SEES_NO_STACK))
    assert not hasattr(sys, "tracebacklimit")


def test_a_limit_that_was_there_is_there_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 7, raising=False)
    program.run(written(tmp_path, SEES_NO_STACK))
    assert sys.tracebacklimit == 7


@pytest.mark.parametrize("kept, told", [("", 0), ("1", 1)])
def test_the_engine_gets_the_debug_messages_only_where_its_logs_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str, told: int
) -> None:
    heard: list[str] = []
    monkeypatch.setattr(log, "debug", heard.append)
    monkeypatch.setenv("SLIPWAY_ENGINE_LOGS", kept)
    program.run(written(tmp_path, "import pulumi\npulumi.log.debug('registering')\n"))
    log.debug("registered")
    assert heard == ["registering", "registered"][: 2 * told]

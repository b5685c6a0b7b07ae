"""The request line: written, documented and read alike, whatever a client sends."""

import ast
import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
import slipway_requests
from hypothesis import given
from hypothesis import strategies as st
from slipway_requests import FIELDS, PATTERN, HideTokens, hide, parse, request_line
from slipway_requests.wsgi import RequestLog

from driver.core.observe.probes import is_probe

ROOT = Path(__file__).parents[2]
PACKAGE = Path(slipway_requests.__file__).parent
EXAMPLE = (
    '{"event": "request", "method": "GET", "path": "/jobs/", "status": 200, "ms": 12.3, "bytes": 512, '
    '"request_id": "Root=1-67891233-abcdef012345678912345678"}'
)


def test_a_line_has_its_keys_in_their_order() -> None:
    line = request_line("GET", "/jobs/", 200, 0.01234, 512, "Root=1-67891233-abcdef012345678912345678")
    assert line == EXAMPLE
    assert tuple(parse(line) or ()) == FIELDS


@given(
    st.text(max_size=60),
    st.text(st.characters(), max_size=6_000),
    st.integers(100, 599),
    st.floats(0, 1e6),
    st.none() | st.integers(0, 1 << 40),
)
def test_whatever_a_client_sends_is_one_line_that_everybody_can_read(
    method: str, path: str, status: int, seconds: float, size: int | None
) -> None:
    line = request_line(method, path, status, seconds, size, "0" * 128)
    assert line.isascii() and "\n" not in line
    assert len(line) < 4096
    values = parse(line)
    assert values is not None
    assert (values["status"], values["bytes"]) == (status, size)
    if len(json.dumps(path)) <= 3_500:
        assert values["path"] == path.encode("utf-8", "replace").decode()


def test_lines_of_other_languages_are_taken_too_and_other_lines_are_not() -> None:
    compact = EXAMPLE.replace(": ", ":").replace(", ", ",")
    assert parse(compact) == parse(EXAMPLE)
    assert (parse(EXAMPLE[:-1] + ', "user": 7}') or {})["user"] == 7
    for other in ("", "{}", EXAMPLE[1:], EXAMPLE[:-1], EXAMPLE.replace("200", '"200"'), f"INFO {EXAMPLE}"):
        assert parse(other) is None
    assert parse(EXAMPLE[:-1] + ', "cut}') is None


def test_the_page_of_logs_has_the_line_and_the_expression() -> None:
    page = (ROOT / "docs" / "logs.md").read_text()
    assert EXAMPLE in page
    documented = re.search(r"```text\n(\^.+?)\n```", page, re.DOTALL)
    assert documented is not None
    assert documented[1].replace("\n", "") == PATTERN


def other_expressions(root: Path) -> dict[str, str]:
    """What stands alone, as functions do, calls its own copy of the expression REQUEST_LINE."""
    found = {}
    for folder in ("functions", "model", "driver"):
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
                if "REQUEST_LINE" in map(ast.unparse, targets):
                    found[str(path.relative_to(root))] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
    return found


def test_every_other_parser_of_request_lines_has_the_same_expression(tmp_path: Path) -> None:
    assert set(other_expressions(ROOT).values()) <= {PATTERN}
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "own.py").write_text("REQUEST_LINE: str = 'another'\n")
    assert other_expressions(tmp_path) == {"functions/own.py": "another"}


def test_the_health_checks_that_slipway_logs_leaves_out_are_those_that_went_well() -> None:
    for path, status, out in (("/health/", 200, True), ("/health/", 500, False), ("/", 200, False)):
        assert is_probe(request_line("GET", path, status, 0.001, 3, "x"), "/health/") is out


def test_the_package_needs_the_standard_library_alone() -> None:
    allowed = {*sys.stdlib_module_names, "slipway_requests"}
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.partition(".")[0] for name in names} <= allowed, path


def test_the_package_is_imported_where_nothing_else_is() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); import slipway_requests.wsgi, slipway_requests.asgi"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/hirefire/t0k3n/info", "/hirefire/***/info"),
        ("/hirefire/t0k3n", "/hirefire/***"),
        ("/HireFire//t0k3n/info", "/HireFire//***/info"),
        ("/app/hirefire/t0k3n t0k3n/info", "/app/hirefire/***/info"),
        ("/hirefire", "/hirefire"),
        ("/hirefires/7", "/hirefires/7"),
    ],
)
def test_a_token_in_a_path_is_hidden(path: str, shown: str) -> None:
    assert hide(path) == shown


def test_an_app_can_name_paths_of_its_own() -> None:
    assert hide("/reset/MQ/c0ffee/", ("/reset/<user>/<token>",)) == "/reset/***/***/"
    with pytest.raises(ValueError, match="/reset/user: nothing in it is hidden"):
        RequestLog(lambda environ, start: [], hidden=("/reset/user",))


def test_a_frameworks_own_message_tells_no_token() -> None:
    record = logging.LogRecord(
        "x", 40, "x.py", 1, 'Bad "%s": %s', ("/hirefire/t0k3n/info", "GET /hirefire/t HTTP"), None
    )
    assert HideTokens().filter(record) is True
    assert record.getMessage() == 'Bad "/hirefire/***/info": GET /hirefire/*** HTTP'

import pytest

from sandbox.emulator.logs.filter_patterns import holds


@pytest.mark.parametrize(
    ("pattern", "message", "fits"),
    [
        ("", "anything", True),
        ("ERROR", "an ERROR", True),
        ("ERROR", "an error", False),
        ("ERROR Exception", "ERROR", False),
        ("?ERROR ?WARN", "WARN", True),
        ("?ERROR ?WARN", "INFO", False),
        ('-"/health/"', "GET /health/ 200", False),
        ('-"/health/"', "GET / 200", True),
        ('-"/health/" -"GET /ping"', "GET /ping", False),
        ('"GET /" -"200"', "GET / 404", True),
        ("-ERROR", "", True),
    ],
)
def test_terms_are_there_or_are_not(pattern: str, message: str, fits: bool) -> None:
    assert holds(pattern, message) is fits

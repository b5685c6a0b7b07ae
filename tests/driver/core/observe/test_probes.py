import pytest

from driver.core.observe.probes import is_probe

AGENT = "ELB-HealthChecker/2.0"


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "request", "method": "GET", "path": "/health/", "status": 200, "ms": 0.1}',
        '{"method": "HEAD", "uri": "/health/?deep=1", "status_code": "200"}',
        f'10.0.1.7 - - [29/Nov/2026:12:00:00 +0000] "GET /health/ HTTP/1.1" 200 2 "-" "{AGENT}"',
        '10.0.1.7 - - [29/Nov/2026:12:00:00 +0000] "GET /health/ HTTP/1.1" 200 2 "-" "curl/8"',
        'Started GET "/health/" for 10.0.1.7 at 2026-11-29 12:00:00 +0000',
        "method=GET path=/other status=200 agent=" + AGENT,
        "GET /health/ 200 1 ms",
    ],
)
def test_a_health_check_that_went_well_is_one(line: str) -> None:
    assert is_probe(line, "/health/")


@pytest.mark.parametrize(
    "line",
    [
        '{"method": "GET", "path": "/health/", "status": 400}',
        '{"method": "POST", "path": "/health/", "status": 200}',
        '{"method": "GET", "path": "/healthy/", "status": 200}',
        '{"event": "job done"}',
        "{not json",
        '10.0.1.7 - - [29/Nov/2026:12:00:00 +0000] "GET /health/ HTTP/1.1" 503 2 "-" "' + AGENT + '"',
        '10.0.1.7 - - "GET /health/report HTTP/1.1" 200 2',
        "asked for /health/ by somebody",
        "",
    ],
)
def test_one_that_failed_and_everything_else_is_none(line: str) -> None:
    assert not is_probe(line, "/health/")

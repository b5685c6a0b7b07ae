"""Lines of a log that a load balancer's health checks leave behind: most of what a quiet app prints."""

import json
import re
from collections.abc import Mapping
from functools import cache

METHODS = {"GET", "HEAD"}
AGENT = "ELB-HealthChecker/"
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html"""
PATHS = ("path", "request_path", "uri", "url", "request_uri")
STATUSES = ("status", "status_code", "code")
FAILED = re.compile(r"(?<=[\s=:])[45]\d\d\b")


def is_probe(message: str, path: str) -> bool:
    """Whether a line says no more than that a health check of this path went well; one that failed is worth reading."""
    fields = _fields(message)
    if fields:
        return _of_fields(fields, path)
    if AGENT not in message and not _request(path).search(message):
        return False
    return FAILED.search(message) is None


def _fields(message: str) -> Mapping[str, object]:
    """A line of JSON as a mapping; an empty one for a line of text."""
    if not message.startswith("{"):
        return {}
    try:
        found = json.loads(message)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _of_fields(fields: Mapping[str, object], path: str) -> bool:
    asked = next((str(fields[name]) for name in PATHS if name in fields), "")
    status = next((str(fields[name]) for name in STATUSES if name in fields), "")
    method = str(fields.get("method", "GET")).upper()
    return asked.partition("?")[0] == path and method in METHODS and not status.startswith(("4", "5"))


@cache
def _request(path: str) -> re.Pattern[str]:
    """A request line of that path, as access logs have it: `GET /health/ HTTP/1.1`, `Started GET "/health/"`."""
    return re.compile(rf"\b(?:GET|HEAD) \"?{re.escape(path)}(?=[\s?\"']|$)")

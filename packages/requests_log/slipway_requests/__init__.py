"""One log line a request and an answer to health checks, for any WSGI or ASGI app. Standard library only."""

from slipway_requests.line import FIELDS, PATTERN, parse, request_line
from slipway_requests.secret_paths import HIDDEN, HideTokens, hide

__all__ = ["FIELDS", "HIDDEN", "PATTERN", "HideTokens", "hide", "parse", "request_line"]

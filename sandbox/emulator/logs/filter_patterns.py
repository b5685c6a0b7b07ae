"""Filter patterns of terms: those that must be there, one of those that may, and those that must not.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from collections.abc import Callable

from ministack.services import cloudwatch_logs

from sandbox.emulator.patching.patch import Needs, replace

NEEDS: Needs = {"ministack.services.cloudwatch_logs": ("_subscription_pattern_matches",)}

_TERM = re.compile(r'(?P<kind>[-?]?)(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))')

Matches = Callable[[str, str], bool]


def install() -> None:
    """Have subscriptions and Live Tail know terms with a minus or a question mark before them."""
    replace(cloudwatch_logs, "_subscription_pattern_matches", _matches)


def _matches(original: Matches) -> Matches:
    def matches(pattern: str, message: str) -> bool:
        # JSON, space-delimited and regular expressions stay with ministack.
        if (pattern or "").lstrip()[:1] in ("{", "[", "%"):
            return original(pattern, message)
        return holds(pattern or "", message or "")

    return matches


def holds(pattern: str, message: str) -> bool:
    """Whether a message fits a pattern of terms; an empty one fits all."""
    terms: dict[str, list[bool]] = {"": [], "?": [], "-": []}
    for found in _TERM.finditer(pattern):
        text = found["quoted"] if found["quoted"] is not None else found["bare"]
        terms[found["kind"]].append(text in message)
    return all(terms[""]) and not any(terms["-"]) and (any(terms["?"]) or not terms["?"])

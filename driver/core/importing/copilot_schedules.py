"""When a scheduled job of Copilot's runs, as an expression of EventBridge's.

https://aws.github.io/copilot-cli/docs/manifest/scheduled-job/#on-schedule
"""

import re
from typing import Final

from model.settings.expressions import problem

_NAMED: Final = {
    "@yearly": "cron(0 0 1 1 ? *)",
    "@annually": "cron(0 0 1 1 ? *)",
    "@monthly": "cron(0 0 1 * ? *)",
    "@weekly": "cron(0 0 ? * 1 *)",
    "@daily": "cron(0 0 * * ? *)",
    "@midnight": "cron(0 0 * * ? *)",
    "@hourly": "cron(0 * * * ? *)",
}
_EVERY = re.compile(r"@every (?:(\d+)h)?(?:(\d+)m)?(?:\d+s)?")


def expression(text: str) -> str:
    """The expression; empty where there is none that means the same."""
    given = " ".join(text.split())
    found = _NAMED.get(given.lower()) or _every(given) or _fields(given) or given
    return "" if problem(found) else found


def _every(text: str) -> str:
    match = _EVERY.fullmatch(text)
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    if not minutes:
        return ""
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"rate({number} {unit}{'' if number == 1 else 's'})"


def _fields(text: str) -> str:
    """The five fields of cron as AWS's six: one of day and weekday is a question mark, and Sunday is 1."""
    parts = text.split(" ")
    if len(parts) != 5:
        return ""
    minute, hour, day, month, weekday = parts
    if weekday == "*":
        weekday = "?"
    elif day == "*":
        day, weekday = "?", re.sub(r"(?<![/#\d])[0-7](?!\d)", lambda found: str(int(found[0]) % 7 + 1), weekday)
    return f"cron({minute} {hour} {day} {month} {weekday} *)"

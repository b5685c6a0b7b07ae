"""Called by SNS with alarms; tells the hooks, whose addresses are in a secret.

Where a hook can't be told this raises: Lambda tries twice more, so the others may hear twice.
"""

import json
import os
import urllib.request
from functools import cache
from typing import Any

import boto3

from functions.alarm_relay import logic

SECONDS = 10


@cache
def _secrets() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client("secretsmanager")


def handle(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Tell every hook of every message; how many were told.

    As long as nobody has given any address there is nobody to tell, which is no error: the alarm on errors would ring
    for each alarm, and call this once more. Raises, once all others are told, HooksFailedError that names the hooks
    that were not; ClientError.
    """
    secret = _addresses()
    if secret is None:
        print("nobody is told: the addresses of the hooks were never published")  # noqa: T201 - Lambda's log
        return {"told": 0}
    hooks = json.loads(os.environ["HOOKS"])
    made = [call for record in event["Records"] for call in logic.calls(record.get("Sns") or {}, hooks, secret)]
    failed = sorted({call.hook for call in made if not _told(call)} | set(logic.unaddressed(hooks, secret)))
    if failed:
        raise logic.HooksFailedError(f"not told: {', '.join(failed)}")
    return {"told": len(made)}


def _addresses() -> dict[str, str] | None:
    """The hooks' addresses; None where the secret never had a value."""
    client = _secrets()
    try:
        found: dict[str, str] = json.loads(client.get_secret_value(SecretId=os.environ["SECRET"])["SecretString"])
    except client.exceptions.ResourceNotFoundException:
        return None
    return found


def _told(call: logic.Call) -> bool:
    """Whether a hook took it. What went wrong may hold the address, so it is not said."""
    try:
        request = urllib.request.Request(call.url, call.body, dict(call.headers))
        if request.type != "https" and request.host.split(":")[0] != "127.0.0.1":
            return False
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return bool(200 <= answer.status < 300)
    except (OSError, ValueError):
        return False

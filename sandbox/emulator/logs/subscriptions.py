"""Delivers log lines to the functions that are subscribed to them, in the form that CloudWatch Logs gives them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
"""

import base64
import gzip
import itertools
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import cloudwatch_logs, lambda_svc

from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id",),
    "ministack.services.cloudwatch_logs": (
        "_fanout_to_subscription_filters",
        "_log_groups",
        "_subscription_pattern_matches",
    ),
    "ministack.services.lambda_svc": ("_execute_function_with_config_scope", "_functions"),
}

FanOut = Callable[[str, str, list[Record]], None]
_numbers = itertools.count(time.time_ns())


def install() -> None:
    """Deliver with ids of 56 digits that grow with time, one for each line whoever gets it, written without blanks."""
    replace(cloudwatch_logs, "_fanout_to_subscription_filters", _fan_out)


def _fan_out(_original: FanOut) -> FanOut:
    def fan_out(group: str, stream: str, events: list[Record]) -> None:
        filters = (cloudwatch_logs._log_groups.get(group) or {}).get("subscriptionFilters") or {}
        rows = [row_of(event) for event in events] if filters else []
        for found in filters.values():
            deliver(found, group, stream, rows)

    return fan_out


def row_of(event: Record) -> Record:
    """A line as it is delivered. AWS's ids begin with the line's time."""
    at = event.get("timestamp", time.time_ns() // 1_000_000)
    number = (int(at) << 135) + next(_numbers)
    return {"id": f"{number:056}", "timestamp": at, "message": event.get("message", "")}


def deliver(found: Record, group: str, stream: str, rows: list[Record]) -> None:
    """Call the function that a filter names, where there is one, with the lines that fit."""
    name = found.get("destinationArn", "").partition(":function:")[2].split(":")[0]
    matches = cloudwatch_logs._subscription_pattern_matches
    fit = [row for row in rows if matches(found.get("filterPattern", ""), row["message"])]
    function = lambda_svc._functions.get(name)
    # A function that gets its own lines would never end.
    if not fit or function is None or group == f"/aws/lambda/{name}":
        return
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": get_account_id(),
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": [found.get("filterName", "")],
        "logEvents": fit,
    }
    threading.Thread(target=_call, args=(function, _packed(body)), daemon=True).start()


def _call(function: Any, event: Record) -> None:  # noqa: ANN401 - ministack's own record
    lambda_svc._execute_function_with_config_scope(function, event)


def _packed(body: Record) -> Record:
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")
    return {"awslogs": {"data": base64.b64encode(gzip.compress(text)).decode()}}

"""EventBridge rules whose target is a log group, which ministack accepts and never delivers to."""

import json
import logging
import time
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from ministack.services import cloudwatch_logs, eventbridge

from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {
    "ministack.services.cloudwatch_logs": (
        "_create_log_stream",
        "_log_groups",
        "_put_log_events",
        "_resource_policies",
    ),
    "ministack.services.eventbridge": ("_invoke_target", "_pattern_event_view"),
}

ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")
TRUSTED = "events.amazonaws.com"
logger = logging.getLogger("sandbox.events")


def install() -> None:
    """Deliver to log groups; every other target is ministack's own."""
    replace(eventbridge, "_invoke_target", _delivering)


def _delivering(original: Callable[..., None]) -> Callable[..., None]:
    def invoke(target: Record, event: Record, rule: Record, view: Any = None) -> None:  # noqa: ANN401
        arn = str(target.get("Arn", ""))
        if ":logs:" not in arn:
            original(target, event, rule, view)
            return
        shown = view or eventbridge._pattern_event_view(event)
        deliver(arn, str(rule["Arn"]), str(event["EventId"]), shown.event_with_detail())

    return invoke


def deliver(group: str, rule: str, identifier: str, event: Record) -> None:
    """Write one event into a log group, both by ARN. As on AWS a group without leave gets nothing, silently."""
    name = group.split(":log-group:", 1)[1].removesuffix(":*")
    if name not in cloudwatch_logs._log_groups or not allowed(group, rule):
        logger.warning("rule %s may not write to %s: the invocation failed", rule, group)
        return
    place = {"logGroupName": name, "logStreamName": identifier}
    cloudwatch_logs._create_log_stream(dict(place))
    line = {"timestamp": int(time.time() * 1000), "message": json.dumps(event)}
    cloudwatch_logs._put_log_events({**place, "logEvents": [line]})


def allowed(group: str, rule: str) -> bool:
    """Whether a resource policy of CloudWatch Logs lets EventBridge write there.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    documents = (json.loads(policy["policyDocument"]) for policy in cloudwatch_logs._resource_policies.values())
    statements = [statement for document in documents for statement in _listed(document.get("Statement"))]
    return all(any(_grants(statement, action, group, rule) for statement in statements) for action in ACTIONS)


def _grants(statement: Record, action: str, group: str, rule: str) -> bool:
    conditions = (statement.get("Condition") or {}).values()
    sources = [arn for condition in conditions for arn in _listed(condition.get("aws:SourceArn"))]
    return (
        statement.get("Effect") == "Allow"
        and TRUSTED in _listed((statement.get("Principal") or {}).get("Service"))
        and any(fnmatchcase(action, pattern) for pattern in _listed(statement.get("Action")))
        and any(fnmatchcase(f"{group}:log-stream:1", pattern) for pattern in _listed(statement.get("Resource")))
        and (not sources or any(fnmatchcase(rule, pattern) for pattern in sources))
    )


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    if value is None:
        return []
    return value if isinstance(value, list) else [value]

"""What each hook is told of an alarm; no I/O."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One POST. The address is a secret, and so not shown."""

    hook: str
    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes


class HooksFailedError(Exception):
    """Some hooks were not told; names them and not their addresses."""


def unaddressed(hooks: Iterable[Mapping[str, str]], secret: Mapping[str, str]) -> list[str]:
    """The hooks that nobody can be told through: without an address in the secret, or of a format that is none."""
    return [hook["name"] for hook in hooks if hook["name"] not in secret or hook["format"] not in _MAKERS]


def calls(notice: Mapping[str, Any], hooks: Iterable[Mapping[str, str]], secret: Mapping[str, str]) -> list[Call]:
    """The POSTs for one message of SNS, whatever is in it, to each hook that has an address."""
    rows = list(hooks)
    left_out = unaddressed(rows, secret)
    good = [hook for hook in rows if hook["name"] not in left_out]
    return [_MAKERS[hook["format"]](hook["name"], secret[hook["name"]], notice) for hook in good]


def text(notice: Mapping[str, Any]) -> str:
    """What a person reads: which alarm, its state, and what rings under it; what is no alarm as it is."""
    message = notice.get("Message", "")
    try:
        alarm = json.loads(message)
        line = f"{alarm['AlarmName']} is {alarm['NewStateValue']}"
        rings = [
            child["Arn"].rpartition(":alarm:")[2] for child in alarm.get("TriggeringChildren") or [] if _rings(child)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return str(message) or "an empty message"
    if rings:
        return f"{line}: {', '.join(rings)}"
    return f"{line}: {alarm.get('AlarmDescription') or alarm.get('NewStateReason', '')}"


def _rings(child: Mapping[str, Any]) -> bool:
    return bool((child.get("State") or {}).get("Value") == "ALARM")


def _slack(hook: str, url: str, notice: Mapping[str, Any]) -> Call:
    """https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"""
    return Call(hook=hook, url=url, headers=JSON, body=json.dumps({"text": text(notice)}).encode())


def _pagerduty(hook: str, url: str, notice: Mapping[str, Any]) -> Call:
    """The address of PagerDuty's CloudWatch integration takes what SNS itself would send over HTTPS.

    https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
    """
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": str(notice.get("MessageId", "")),
        "x-amz-sns-topic-arn": str(notice.get("TopicArn", "")),
    }
    spelled = {"SigningCertUrl": "SigningCertURL", "UnsubscribeUrl": "UnsubscribeURL"}
    body = {spelled.get(key, key): value for key, value in notice.items()}
    return Call(hook=hook, url=url, headers=headers, body=json.dumps(body).encode())


_MAKERS: Mapping[str, Callable[[str, str, Mapping[str, Any]], Call]] = {"slack": _slack, "pagerduty": _pagerduty}

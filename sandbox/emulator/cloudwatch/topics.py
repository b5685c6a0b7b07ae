"""Which topics alarms reach: SNS can't decrypt for CloudWatch with a key that CloudWatch may not use.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
"""

import json
import logging
from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch, kms, sns

from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {
    "ministack.services.cloudwatch": ("_dispatch_alarm_actions",),
    "ministack.services.kms": ("_keys",),
    "ministack.services.sns": ("_topics",),
}

WHO = "cloudwatch.amazonaws.com"
ACTION_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")
logger = logging.getLogger("sandbox.alarms")


def install() -> None:
    """Drop what would not arrive on AWS, and say so in the log."""
    replace(cloudwatch, "_dispatch_alarm_actions", _only_reachable)


def _only_reachable(original: Callable[..., None]) -> Callable[..., None]:
    def dispatch(alarm: Record, old: str, new: str, reason: str) -> None:
        lists = {name: [arn for arn in alarm.get(name) or [] if reaches(arn)] for name in ACTION_LISTS}
        original({**alarm, **lists}, old, new, reason)

    return dispatch


def reaches(arn: str) -> bool:
    """Whether an alarm's message gets through to what an action names."""
    topic = sns._topics.get(arn)
    key = str(((topic or {}).get("attributes") or {}).get("KmsMasterKeyId") or "")
    if not key or _may_use(key):
        return True
    logger.warning("the alarm did not reach %s: CloudWatch may not use its key %s", arn, key)
    return False


def _may_use(key: str) -> bool:
    """A key of AWS itself, such as alias/aws/sns, knows no policy that would let CloudWatch in."""
    record = kms._keys.get(key.rsplit("/", 1)[-1])
    if record is None:
        return False
    statements = json.loads(record.get("Policy") or "{}").get("Statement") or []
    allowed: set[str] = set()
    for statement in statements:
        principal = statement.get("Principal")
        if (
            statement.get("Effect") == "Allow"
            and isinstance(principal, dict)
            and WHO in _several(principal.get("Service"))
        ):
            allowed |= set(_several(statement.get("Action")))
    return "kms:Decrypt" in allowed and bool({"kms:GenerateDataKey", "kms:GenerateDataKey*"} & allowed)


def _several(value: Any) -> list[str]:  # noqa: ANN401
    return value if isinstance(value, list) else [value] if value else []

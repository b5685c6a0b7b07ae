"""Scheduled actions of scalable targets: they are kept, and the sandbox's clock sets none off."""

import re
from collections.abc import Callable

from ministack.core.responses import get_account_id, get_region, new_uuid

from sandbox.emulator.ecs.store import now_epoch
from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {"ministack.core.responses": ("get_account_id", "get_region", "new_uuid")}

_PLACE = ("ServiceNamespace", "ResourceId", "ScalableDimension")
_KEPT = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")
Key = tuple[str, ...]
_SCHEDULE = re.compile(r"rate\(\d+ (minute|hour|day)s?\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|cron\((\S+ ){5}\S+\)")
_NAME = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|SUN|MON|TUE|WED|THU|FRI|SAT"
_FIELD = re.compile(rf"(\*|\?|LW?|\d+[WL]?|({_NAME})L?)([-#](\d+|{_NAME}))?(/\d+)?")
"""What a schedule, and an item of a field of a cron expression, looks like.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
"""


class Schedules:
    """The operations; each takes a request's body and returns the answer's, or raises Refusal.

    `has_target` says whether a place is a scalable target.
    """

    def __init__(self, has_target: Callable[[Record], bool]) -> None:
        self._has_target = has_target
        self._rows: dict[Key, Record] = {}

    def put(self, data: Record) -> Record:
        """Make or change an action; what a change leaves out stays."""
        if not self._has_target(data):
            raise Refusal("ObjectNotFoundException", f"No scalable target registered for {data.get('ResourceId')}")
        if not _is_schedule(data.get("Schedule")):
            raise Refusal("ValidationException", f"Invalid schedule expression: {data['Schedule']}")
        key = _key(data)
        known = self._rows.get(key)
        if known is None:
            if "Schedule" not in data:
                raise Refusal("ValidationException", "A schedule is required for a new scheduled action")
            known = self._rows[key] = _new(data)
        known.update({name: data[name] for name in _KEPT if name in data})
        limits = known.get("ScalableTargetAction") or {}
        if limits.get("MinCapacity", 0) > limits.get("MaxCapacity", limits.get("MinCapacity", 0)):
            raise Refusal("ValidationException", "Minimum capacity cannot be greater than maximum capacity")
        return {}

    def describe(self, data: Record) -> Record:
        """All actions, or those of one resource or with some names."""
        names, resource = set(data.get("ScheduledActionNames") or []), data.get("ResourceId")
        here = (get_account_id(), get_region())
        rows = [
            row
            for key, row in self._rows.items()
            if key[:2] == here
            and (not names or row["ScheduledActionName"] in names)
            and resource in (None, row["ResourceId"])
        ]
        return {"ScheduledActions": rows}

    def delete(self, data: Record) -> Record:
        """Remove an action."""
        if self._rows.pop(_key(data), None) is None:
            raise Refusal("ObjectNotFoundException", f"No scheduled action {data.get('ScheduledActionName')} found")
        return {}

    def forget(self, data: Record) -> None:
        """A target is gone, and its actions with it."""
        place = _place(data)
        for key in [key for key in self._rows if key[:5] == place]:
            del self._rows[key]


def _is_schedule(text: str | None) -> bool:
    """Whether AWS would take it; what a change leaves out is none of its business."""
    if text is None:
        return True
    if _SCHEDULE.fullmatch(text) is None:
        return False
    if not text.startswith("cron("):
        return True
    fields = text[5:-1].split(" ")
    items = [item for field in fields for item in field.split(",")]
    return (fields[2] == "?") != (fields[4] == "?") and all(_FIELD.fullmatch(item.upper()) for item in items)


def _place(data: Record) -> Key:
    return (get_account_id(), get_region(), *(str(data.get(name)) for name in _PLACE))


def _key(data: Record) -> Key:
    return (*_place(data), str(data.get("ScheduledActionName")))


def _new(data: Record) -> Record:
    name, resource = data["ScheduledActionName"], data["ResourceId"]
    prefix = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scheduledAction:{new_uuid()}"
    return {
        **{key: data[key] for key in _PLACE},
        "ScheduledActionName": name,
        "ScheduledActionARN": f"{prefix}:resource/ecs/{resource}:scheduledActionName/{name}",
        "CreationTime": now_epoch(),
    }

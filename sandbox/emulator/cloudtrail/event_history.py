"""CloudTrail's event history of the calls by which services are changed; ministack keeps all calls or none."""

from collections.abc import Mapping

from ministack.core.responses import get_region, new_uuid
from ministack.services import cloudtrail, ecs

from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record

NEEDS: Needs = {
    "ministack.core.responses": ("get_region", "new_uuid"),
    "ministack.services.cloudtrail": ("record_event",),
    "ministack.services.ecs": ("_ACTION_MAP",),
}
WHO = "test"
"""Everybody here, by the access key that all use."""


def install() -> None:
    """Keep what UpdateService was asked; call it when the action is in its place."""
    ecs._ACTION_MAP["UpdateService"] = _kept("ecs", "UpdateService", ecs._ACTION_MAP["UpdateService"])


def keep(service: str, operation: str, parameters: Mapping[str, object]) -> None:
    """One call that was answered. CloudTrail begins the names of parameters with a small letter."""
    cloudtrail.record_event(
        service=service,
        event_name=operation,
        username=WHO,
        access_key_id=WHO,
        resources=[],
        region=str(get_region()),
        request_id=str(new_uuid()),
        user_agent="",
        request_params={f"{name[:1].lower()}{name[1:]}": value for name, value in parameters.items()},
        method="POST",
    )


def _kept(service: str, operation: str, original: Handler) -> Handler:
    def handle(data: Record) -> Answer:
        asked = dict(data)
        made = original(data)
        if made[0] < 400:
            keep(service, operation, asked)
        return made

    return handle

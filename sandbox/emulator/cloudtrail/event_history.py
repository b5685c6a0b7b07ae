"""CloudTrail's event history of the calls by which people change and delete; ministack keeps all calls or none."""

from collections.abc import Mapping
from functools import partial

from ministack.core.responses import get_region, new_uuid
from ministack.services import cloudtrail, cloudwatch_logs, dynamodb, ecs, secretsmanager

from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, replace

NEEDS: Needs = {
    "ministack.core.responses": ("get_region", "new_uuid"),
    "ministack.services.cloudtrail": ("record_event",),
    "ministack.services.cloudwatch_logs": ("_delete_log_group", "_put_retention_policy"),
    "ministack.services.dynamodb": ("_delete_table",),
    "ministack.services.ecs": ("_ACTION_MAP",),
    "ministack.services.secretsmanager": ("_delete_secret",),
}
WHO = "test"
"""Everybody here, by the access key that all use."""


OF_ECS = ("UpdateService", "DeleteService", "DeregisterTaskDefinition")
OF_OTHERS = (
    (cloudwatch_logs, "logs", "_delete_log_group", "DeleteLogGroup"),
    (cloudwatch_logs, "logs", "_put_retention_policy", "PutRetentionPolicy"),
    (dynamodb, "dynamodb", "_delete_table", "DeleteTable"),
    (secretsmanager, "secretsmanager", "_delete_secret", "DeleteSecret"),
)


def install() -> None:
    """Keep what these were asked; call it when the actions are in their places."""
    for operation in OF_ECS:
        ecs._ACTION_MAP[operation] = _kept("ecs", operation, ecs._ACTION_MAP[operation])
    for module, service, function, operation in OF_OTHERS:
        replace(module, function, partial(_kept, service, operation))


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

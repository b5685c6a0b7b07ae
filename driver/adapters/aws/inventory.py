"""What AWS has under our names, and who deleted or changed what, by CloudTrail's event history."""

from collections.abc import Collection, Mapping
from typing import Any

from driver.adapters.aws.ecs.batches import active_services
from driver.adapters.aws.session import Session, translated
from driver.adapters.aws.trail import Trail
from model.names.pulumi_types import LOG_GROUP, SCALABLE, SECRET, SERVICE

GROUPS = "/ecs/"
DELETED = {
    LOG_GROUP: "DeleteLogGroup",
    SCALABLE: "DeregisterScalableTarget",
    SECRET: "DeleteSecret",
    SERVICE: "DeleteService",
    "aws:dynamodb/table:Table": "DeleteTable",
    "aws:ecs/cluster:Cluster": "DeleteCluster",
    "aws:ecs/taskDefinition:TaskDefinition": "DeregisterTaskDefinition",
    "aws:iam/rolePolicy:RolePolicy": "DeleteRolePolicy",
    "aws:lb/listener:Listener": "DeleteListener",
    "aws:lb/listenerRule:ListenerRule": "DeleteRule",
    "aws:lb/targetGroup:TargetGroup": "DeleteTargetGroup",
    "aws:scheduler/schedule:Schedule": "DeleteSchedule",
}
CHANGED = {
    LOG_GROUP: "PutRetentionPolicy",
    "aws:iam/rolePolicy:RolePolicy": "PutRolePolicy",
    "aws:lb/listenerRule:ListenerRule": "ModifyRule",
    "aws:lb/targetGroup:TargetGroup": "ModifyTargetGroup",
    "aws:scheduler/schedule:Schedule": "UpdateSchedule",
}
"""The calls by which a resource goes or changes, of the types that people change by hand most."""


class AwsInventory:
    """The port Inventory."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._trail = Trail(session)

    def there(self, env: str, kind: str, names: Collection[str]) -> Collection[str]:
        """Services in batches; log groups and secrets by what the names of an environment begin with."""
        with translated(f"looking for what {env} has at AWS"):
            match kind:
                case _ if kind == SERVICE:
                    found = {row["serviceName"] for row in active_services(self._client("ecs"), env, sorted(names))}
                case _ if kind == LOG_GROUP:
                    pages = self._client("logs").get_paginator("describe_log_groups")
                    rows = pages.paginate(logGroupNamePrefix=f"{GROUPS}{env}-")
                    found = {row["logGroupName"] for page in rows for row in page["logGroups"]}
                case _ if kind == SECRET:
                    pages = self._client("secretsmanager").get_paginator("list_secrets")
                    rows = pages.paginate(Filters=[{"Key": "name", "Values": [f"{env}/"]}])
                    found = {row["Name"] for page in rows for row in page["SecretList"]}
                case _:
                    found = set()
        return found & set(names)

    def changed(self, kind: str, name: str, *, gone: bool) -> str:
        """The newest call of that kind which names the resource in whatever parameter."""
        operation = (DELETED if gone else CHANGED).get(kind)
        if operation is None:
            return ""
        return next((who for told, who in self._trail.calls(operation) if _names(told, name)), "")

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return self._session.client(service)


def _names(told: Mapping[str, Any], id_: str) -> bool:
    """Whether a parameter is the id, or the last part of it: people give names where the engine has ARNs."""
    last = id_.rsplit("/", 1)[-1]
    return any(isinstance(value, str) and value in {id_, last} for value in told.values())

"""Secrets Manager secrets, without their values."""

from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import tag_list, tag_map, to_aws
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    tags = {"Tags": tag_list(call.tags)} if call.tags else {}
    made = call.aws.create_secret(Name=call.inputs["name"], **to_aws(call.inputs, "description kmsKeyId"), **tags)
    call.created(made["ARN"])


def _read(call: Call) -> Properties | None:
    secret = found(lambda: call.aws.describe_secret(SecretId=call.id))
    if secret is None or secret.get("DeletedDate") is not None:
        return None
    return {
        "arn": secret["ARN"],
        "name": secret["Name"],
        "description": secret.get("Description"),
        "kmsKeyId": secret.get("KmsKeyId"),
        "tags": tag_map(secret.get("Tags")),
    }


def _update(call: Call) -> None:
    if call.changed & {"description", "kmsKeyId"}:
        removed = {"Description": ""} if "description" in call.changed else {}
        call.aws.update_secret(SecretId=call.id, **removed | to_aws(call.inputs, "description kmsKeyId"))


def _delete(call: Call) -> None:
    days = int(call.state.get("recoveryWindowInDays", 30))
    how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    found(lambda: call.aws.delete_secret(SecretId=call.id, **how))


ROWS = (
    Row(
        type="aws:secretsmanager/secret:Secret",
        service="secretsmanager",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=retagging("SecretId", by_id=True),
        name=Name(longest=512),
        fixed=words("name namePrefix"),
        defaults={"recoveryWindowInDays": 30, "forceOverwriteReplicaSecret": False},
        computed=words("name namePrefix policy replicas type"),
        kept=words("recoveryWindowInDays forceOverwriteReplicaSecret namePrefix"),
        lacks=words("policy replicas type"),
    ),
)

"""KMS keys and their aliases."""

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import tag_list, tag_map, to_aws
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties

_WINDOW = 30
_TAG = {"key": "TagKey", "value": "TagValue"}


def _create(call: Call) -> None:
    arguments = to_aws(call.inputs, "description policy keyUsage")
    tags = {"Tags": tag_list(call.tags, **_TAG)} if call.tags else {}
    call.created(call.aws.create_key(**arguments, **tags)["KeyMetadata"]["KeyId"])
    if call.inputs.get("enableKeyRotation"):
        call.aws.enable_key_rotation(KeyId=call.id)


def _read(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.describe_key(KeyId=call.id))
    if answer is None or answer["KeyMetadata"]["KeyState"] == "PendingDeletion":
        return None
    key = answer["KeyMetadata"]
    return {
        "keyId": key["KeyId"],
        "arn": key["Arn"],
        "description": key.get("Description", ""),
        "keyUsage": key["KeyUsage"],
        "isEnabled": key["Enabled"],
        "enableKeyRotation": call.aws.get_key_rotation_status(KeyId=call.id)["KeyRotationEnabled"],
        "policy": call.aws.get_key_policy(KeyId=call.id, PolicyName="default")["Policy"],
        "tags": tag_map(call.aws.list_resource_tags(KeyId=call.id).get("Tags"), **_TAG),
    }


def _update(call: Call) -> None:
    if "description" in call.changed:
        call.aws.update_key_description(KeyId=call.id, Description=call.inputs.get("description", ""))
    if "policy" in call.changed:
        call.aws.put_key_policy(KeyId=call.id, PolicyName="default", Policy=call.inputs["policy"])
    if "enableKeyRotation" in call.changed:
        turn = call.aws.enable_key_rotation if call.inputs["enableKeyRotation"] else call.aws.disable_key_rotation
        turn(KeyId=call.id)


def _delete(call: Call) -> None:
    days = int(call.state.get("deletionWindowInDays") or _WINDOW)
    found(lambda: call.aws.schedule_key_deletion(KeyId=call.id, PendingWindowInDays=days))


def _put_alias(call: Call) -> None:
    call.aws.create_alias(AliasName=call.inputs["name"], TargetKeyId=call.inputs["targetKeyId"])
    call.created(call.inputs["name"])


def _move_alias(call: Call) -> None:
    call.aws.update_alias(AliasName=call.id, TargetKeyId=call.inputs["targetKeyId"])


def _read_alias(call: Call) -> Properties | None:
    rows = call.aws.list_aliases()["Aliases"]
    row = next((row for row in rows if row["AliasName"] == call.id), None)
    if row is None:
        return None
    return {
        "name": call.id,
        "arn": row["AliasArn"],
        "targetKeyId": row["TargetKeyId"],
        "targetKeyArn": call.arn("kms", f"key/{row['TargetKeyId']}"),
    }


def _delete_alias(call: Call) -> None:
    found(lambda: call.aws.delete_alias(AliasName=call.id))


ROWS = (
    Row(
        type="aws:kms/key:Key",
        service="kms",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=retagging("KeyId", by_id=True, form=lambda tags: tag_list(tags, **_TAG)),
        fixed=words("keyUsage"),
        defaults={"keyUsage": "ENCRYPT_DECRYPT", "isEnabled": True, "enableKeyRotation": False},
        computed=words("policy description"),
        kept=words("deletionWindowInDays"),
        forms={"policy": json_form},
        lacks=words(
            "bypassPolicyLockoutSafetyCheck customKeyStoreId customerMasterKeySpec multiRegion rotationPeriodInDays "
            "xksKeyId"
        ),
    ),
    Row(
        type="aws:kms/alias:Alias",
        service="kms",
        create=_put_alias,
        read=_read_alias,
        update=_move_alias,
        delete=_delete_alias,
        name=Name(longest=256),
        fixed=words("name"),
        computed=words("name"),
        lacks=words("namePrefix"),
    ),
)

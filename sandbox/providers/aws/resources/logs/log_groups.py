"""CloudWatch log groups, and who else may write into them."""

from collections.abc import Mapping

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    name = call.inputs["name"]
    key = {"kmsKeyId": call.inputs["kmsKeyId"]} if call.inputs.get("kmsKeyId") else {}
    kind = {"logGroupClass": call.inputs["logGroupClass"]} if call.inputs.get("logGroupClass") else {}
    tags = {"tags": call.tags} if call.tags else {}
    call.aws.create_log_group(logGroupName=name, **tags, **key, **kind)
    call.created(name)
    _retain(call)


def _retain(call: Call) -> None:
    days = int(call.inputs.get("retentionInDays") or 0)
    if days:
        call.aws.put_retention_policy(logGroupName=call.inputs["name"], retentionInDays=days)
    elif call.state.get("retentionInDays"):
        call.aws.delete_retention_policy(logGroupName=call.inputs["name"])


def _update(call: Call) -> None:
    if "kmsKeyId" in call.changed and call.inputs.get("kmsKeyId"):
        call.aws.associate_kms_key(logGroupName=call.inputs["name"], kmsKeyId=call.inputs["kmsKeyId"])
    elif "kmsKeyId" in call.changed:
        call.aws.disassociate_kms_key(logGroupName=call.inputs["name"])
    _retain(call)


def _read(call: Call) -> Properties | None:
    groups = call.aws.describe_log_groups(logGroupNamePrefix=call.id)["logGroups"]
    group = next((row for row in groups if row["logGroupName"] == call.id), None)
    if group is None:
        return None
    arn = group["arn"].removesuffix(":*")
    return {
        "name": call.id,
        "arn": arn,
        "retentionInDays": group.get("retentionInDays", 0),
        "kmsKeyId": group.get("kmsKeyId"),
        "logGroupClass": group.get("logGroupClass", "STANDARD"),
        "tags": call.aws.list_tags_for_resource(resourceArn=arn).get("tags", {}),
    }


def _delete(call: Call) -> None:
    if call.state.get("skipDestroy"):
        return
    found(lambda: call.aws.delete_log_group(logGroupName=call.id))


def _retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    arn = call.state["arn"]
    if removed:
        call.aws.untag_resource(resourceArn=arn, tagKeys=removed)
    if tags:
        call.aws.tag_resource(resourceArn=arn, tags=dict(tags))


def _put_policy(call: Call) -> None:
    call.aws.put_resource_policy(policyName=call.inputs["policyName"], policyDocument=call.inputs["policyDocument"])
    call.created(call.inputs["policyName"])


def _read_policy(call: Call) -> Properties | None:
    policies = call.aws.describe_resource_policies()["resourcePolicies"]
    policy = next((row for row in policies if row["policyName"] == call.id), None)
    if policy is None:
        return None
    shown = {"policyName": call.id, "policyDocument": policy["policyDocument"]}
    return {**shown, "policyScope": policy.get("policyScope", "ACCOUNT"), "revisionId": policy.get("revisionId", "")}


def _delete_policy(call: Call) -> None:
    found(lambda: call.aws.delete_resource_policy(policyName=call.id))


ROWS = (
    Row(
        type="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        service="logs",
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=_delete_policy,
        fixed=words("policyName"),
        forms={"policyDocument": json_form},
        lacks=words("resourceArn"),
    ),
    Row(
        type="aws:cloudwatch/logGroup:LogGroup",
        service="logs",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=_retag,
        name=Name(),
        fixed=words("name namePrefix logGroupClass"),
        defaults={"retentionInDays": 0, "skipDestroy": False},
        computed=words("name namePrefix logGroupClass"),
        kept=words("namePrefix skipDestroy"),
        lacks=words("deletionProtectionEnabled"),
    ),
)

"""IAM roles and their inline policies."""

import json
from collections.abc import Mapping
from urllib.parse import unquote

from sandbox.providers.aws.comparing import json_form, last_segment
from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import tag_list, tag_map, to_aws
from sandbox.providers.values import Properties


def _document(value: object) -> str:
    """boto3 decodes the documents that IAM gives, URL-encoded, back into values."""
    return unquote(value) if isinstance(value, str) else json.dumps(value)


def _create_role(call: Call) -> None:
    tags = {"Tags": tag_list(call.tags)} if call.tags else {}
    call.aws.create_role(
        RoleName=call.inputs["name"],
        Path=call.inputs["path"],
        AssumeRolePolicyDocument=call.inputs["assumeRolePolicy"],
        Description=call.inputs.get("description", ""),
        MaxSessionDuration=int(call.inputs["maxSessionDuration"]),
        **to_aws(call.inputs, "permissionsBoundary"),
        **tags,
    )
    call.created(call.inputs["name"])


def _read_role(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_role(RoleName=call.id))
    if answer is None:
        return None
    role = answer["Role"]
    return {
        "name": role["RoleName"],
        "arn": role["Arn"],
        "path": role["Path"],
        "uniqueId": role["RoleId"],
        "description": role.get("Description"),
        "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "assumeRolePolicy": _document(role["AssumeRolePolicyDocument"]),
        "tags": tag_map(call.aws.list_role_tags(RoleName=call.id).get("Tags")),
    }


def _update_role(call: Call) -> None:
    if "assumeRolePolicy" in call.changed:
        call.aws.update_assume_role_policy(RoleName=call.id, PolicyDocument=call.inputs["assumeRolePolicy"])
    if "permissionsBoundary" in call.changed and call.inputs.get("permissionsBoundary"):
        call.aws.put_role_permissions_boundary(RoleName=call.id, **to_aws(call.inputs, "permissionsBoundary"))
    elif "permissionsBoundary" in call.changed:
        call.aws.delete_role_permissions_boundary(RoleName=call.id)
    if call.changed & {"description", "maxSessionDuration"}:
        call.aws.update_role(
            RoleName=call.id,
            Description=call.inputs.get("description", ""),
            MaxSessionDuration=int(call.inputs["maxSessionDuration"]),
        )


def _delete_role(call: Call) -> None:
    if call.state.get("forceDetachPolicies"):
        _strip(call)
    found(lambda: call.aws.delete_role(RoleName=call.id))


def _retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    if removed:
        call.aws.untag_role(RoleName=call.id, TagKeys=removed)
    if tags:
        call.aws.tag_role(RoleName=call.id, Tags=tag_list(tags))


def _strip(call: Call) -> None:
    """Takes away policies that something else gave to the role; AWS deletes no role that has any."""
    for policy in (found(lambda: call.aws.list_attached_role_policies(RoleName=call.id)) or {}).get(
        "AttachedPolicies", []
    ):
        call.aws.detach_role_policy(RoleName=call.id, PolicyArn=policy["PolicyArn"])
    for name in (found(lambda: call.aws.list_role_policies(RoleName=call.id)) or {}).get("PolicyNames", []):
        call.aws.delete_role_policy(RoleName=call.id, PolicyName=name)


def _put_policy(call: Call) -> None:
    role, name = call.inputs["role"], call.inputs["name"]
    call.aws.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=call.inputs["policy"])
    call.created(f"{role}:{name}")


def _read_policy(call: Call) -> Properties | None:
    role, name = call.id.split(":", 1)
    answer = found(lambda: call.aws.get_role_policy(RoleName=role, PolicyName=name))
    if answer is None:
        return None
    return {"role": role, "name": name, "policy": _document(answer["PolicyDocument"])}


def _delete_policy(call: Call) -> None:
    role, name = call.id.split(":", 1)
    found(lambda: call.aws.delete_role_policy(RoleName=role, PolicyName=name))


def _create_managed(call: Call) -> None:
    tags = {"Tags": tag_list(call.tags)} if call.tags else {}
    answer = call.aws.create_policy(
        PolicyName=call.inputs["name"],
        Path=call.inputs["path"],
        PolicyDocument=call.inputs["policy"],
        Description=call.inputs.get("description", ""),
        **tags,
    )
    call.created(answer["Policy"]["Arn"])


def _read_managed(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_policy(PolicyArn=call.id))
    if answer is None:
        return None
    policy = answer["Policy"]
    version = call.aws.get_policy_version(PolicyArn=call.id, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    return {
        "name": policy["PolicyName"],
        "arn": policy["Arn"],
        "path": policy["Path"],
        "policyId": policy["PolicyId"],
        "description": policy.get("Description") or call.state.get("description"),
        "attachmentCount": policy.get("AttachmentCount", 0),
        "policy": _document(version["Document"]),
        "tags": tag_map(call.aws.list_policy_tags(PolicyArn=call.id).get("Tags")),
    }


def _update_managed(call: Call) -> None:
    """A policy keeps five versions, so the oldest goes first."""
    if "policy" not in call.changed:
        return
    versions = call.aws.list_policy_versions(PolicyArn=call.id)["Versions"]
    spare = sorted((row for row in versions if not row["IsDefaultVersion"]), key=lambda row: str(row["CreateDate"]))
    if len(versions) >= 5:
        call.aws.delete_policy_version(PolicyArn=call.id, VersionId=spare[0]["VersionId"])
    call.aws.create_policy_version(PolicyArn=call.id, PolicyDocument=call.inputs["policy"], SetAsDefault=True)


def _delete_managed(call: Call) -> None:
    versions = (found(lambda: call.aws.list_policy_versions(PolicyArn=call.id)) or {}).get("Versions", [])
    for row in versions:
        if not row["IsDefaultVersion"]:
            call.aws.delete_policy_version(PolicyArn=call.id, VersionId=row["VersionId"])
    found(lambda: call.aws.delete_policy(PolicyArn=call.id))


def _retag_managed(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    if removed:
        call.aws.untag_policy(PolicyArn=call.id, TagKeys=removed)
    if tags:
        call.aws.tag_policy(PolicyArn=call.id, Tags=tag_list(tags))


def _attach(call: Call) -> None:
    role, policy = call.inputs["role"], call.inputs["policyArn"]
    call.aws.attach_role_policy(RoleName=last_segment(role), PolicyArn=policy)
    call.created(f"{last_segment(role)}/{policy}")


def _read_attachment(call: Call) -> Properties | None:
    role, policy = call.id.split("/", 1)
    answer = found(lambda: call.aws.list_attached_role_policies(RoleName=role)) or {}
    attached = any(row["PolicyArn"] == policy for row in answer.get("AttachedPolicies", []))
    return {"role": role, "policyArn": policy} if attached else None


def _detach(call: Call) -> None:
    role, policy = call.id.split("/", 1)
    found(lambda: call.aws.detach_role_policy(RoleName=role, PolicyArn=policy))


ROWS = (
    Row(
        type="aws:iam/role:Role",
        service="iam",
        create=_create_role,
        read=_read_role,
        update=_update_role,
        delete=_delete_role,
        retag=_retag,
        name=Name(longest=64),
        fixed=words("name namePrefix path"),
        defaults={"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False},
        computed=words("name namePrefix inlinePolicies managedPolicyArns"),
        kept=words("forceDetachPolicies namePrefix"),
        lacks=words("inlinePolicies managedPolicyArns"),
        forms={"assumeRolePolicy": json_form},
    ),
    Row(
        type="aws:iam/rolePolicy:RolePolicy",
        service="iam",
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=_delete_policy,
        name=Name(longest=128),
        fixed=words("name namePrefix role"),
        computed=words("name namePrefix"),
        kept=words("namePrefix"),
        forms={"policy": json_form, "role": last_segment},
    ),
    Row(
        type="aws:iam/policy:Policy",
        service="iam",
        create=_create_managed,
        read=_read_managed,
        update=_update_managed,
        delete=_delete_managed,
        retag=_retag_managed,
        name=Name(longest=128),
        fixed=words("name namePrefix path description"),
        defaults={"path": "/"},
        computed=words("name namePrefix"),
        kept=words("namePrefix delayAfterPolicyCreationInMs"),
        forms={"policy": json_form},
    ),
    Row(
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        service="iam",
        create=_attach,
        read=_read_attachment,
        delete=_detach,
        fixed=words("role policyArn"),
        forms={"role": last_segment},
    ),
)

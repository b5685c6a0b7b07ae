"""Which web ACL stands before a load balancer."""

from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    acl, resource = call.inputs["webAclArn"], call.inputs["resourceArn"]
    call.aws.associate_web_acl(WebACLArn=acl, ResourceArn=resource)
    call.created(f"{acl},{resource}")


def _read(call: Call) -> Properties | None:
    resource = call.id.partition(",")[2]
    answer = found(lambda: call.aws.get_web_acl_for_resource(ResourceArn=resource))
    acl = (answer or {}).get("WebACL")
    return None if not acl else {"resourceArn": resource, "webAclArn": acl["ARN"]}


def _delete(call: Call) -> None:
    found(lambda: call.aws.disassociate_web_acl(ResourceArn=call.id.partition(",")[2]))


ROWS = (
    Row(
        type="aws:wafv2/webAclAssociation:WebAclAssociation",
        service="wafv2",
        create=_create,
        read=_read,
        delete=_delete,
        fixed=words("resourceArn webAclArn"),
        deletes_first=True,
    ),
)

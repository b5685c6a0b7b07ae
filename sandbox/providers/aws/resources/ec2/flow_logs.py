"""Flow logs of a VPC, a subnet or an interface."""

from sandbox.providers.aws.failures import PluginError, found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.ec2.common import look_up, retag, tagged
from sandbox.providers.aws.resources.shared import from_aws, tag_map, to_aws
from sandbox.providers.values import Properties

_WATCHED = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


def _create(call: Call) -> None:
    watched = next(name for name in _WATCHED if call.inputs.get(name))
    arguments = to_aws(call.inputs, "trafficType logDestinationType logDestination logFormat maxAggregationInterval")
    if call.inputs.get("iamRoleArn"):
        arguments["DeliverLogsPermissionArn"] = call.inputs["iamRoleArn"]
    answer = call.aws.create_flow_logs(
        ResourceIds=[call.inputs[watched]], ResourceType=_WATCHED[watched], **arguments, **tagged(call, "vpc-flow-log")
    )
    for row in answer.get("Unsuccessful", []):
        raise PluginError(f"{call.type} {call.name}: {row['Error']['Code']}: {row['Error']['Message']}")
    call.created(answer["FlowLogIds"][0])


def _read(call: Call) -> Properties | None:
    flow_log = look_up(call, "flow_logs", FlowLogIds=[call.id])
    if flow_log is None:
        return None
    watched = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId"}
    kind = next(name for prefix, name in watched.items() if flow_log["ResourceId"].startswith(prefix))
    own = from_aws(flow_log, "trafficType logDestinationType logDestination logFormat maxAggregationInterval")
    return own | {
        "arn": call.arn("ec2", f"vpc-flow-log/{call.id}"),
        kind: flow_log["ResourceId"],
        "iamRoleArn": flow_log.get("DeliverLogsPermissionArn"),
        "tags": tag_map(flow_log.get("Tags")),
    }


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_flow_logs(FlowLogIds=[call.id]))


_FIXED = (
    "eniId iamRoleArn logDestination logDestinationType logFormat maxAggregationInterval subnetId trafficType vpcId"
)

ROWS = (
    Row(
        type="aws:ec2/flowLog:FlowLog",
        service="ec2",
        create=_create,
        read=_read,
        delete=_delete,
        retag=retag,
        fixed=words(_FIXED),
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        computed=words("logDestination logFormat"),
        lacks=words(
            "deliverCrossAccountRole destinationOptions regionalNatGatewayId tagFieldSpecifications "
            "transitGatewayAttachmentId transitGatewayId"
        ),
    ),
)

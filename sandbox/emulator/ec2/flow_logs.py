"""Flow logs with all that was asked for, which AWS shows and ministack forgets. No line is ever written into them.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
"""

import secrets

from ministack.services import ec2

from sandbox.emulator.ec2.actions import answering
from sandbox.emulator.patching.patch import Needs, Record, Refusal

NEEDS: Needs = {
    "ministack.services.ec2": (
        "_flow_logs",
        "_now_ts",
        "_p",
        "_parse_member_list",
        "_parse_tag_specs",
        "_subnets",
        "_tag_set_xml",
        "_tags",
        "_vpcs",
    ),
}

GROUPS = "cloud-watch-logs"
FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets}"
    " ${bytes} ${start} ${end} ${action} ${log-status}"
)
"""Version 2, which AWS writes where none is asked for.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""


def install() -> None:
    """Put CreateFlowLogs and DescribeFlowLogs in the place of ministack's."""
    answering("CreateFlowLogs", _create)
    answering("DescribeFlowLogs", _describe)


def _create(params: Record) -> str:
    asked = {
        "trafficType": ec2._p(params, "TrafficType"),
        "logDestinationType": ec2._p(params, "LogDestinationType") or GROUPS,
        "logDestination": ec2._p(params, "LogDestination"),
        "logGroupName": ec2._p(params, "LogGroupName"),
        "deliverLogsPermissionArn": ec2._p(params, "DeliverLogsPermissionArn"),
        "maxAggregationInterval": ec2._p(params, "MaxAggregationInterval") or "600",
        "logFormat": ec2._p(params, "LogFormat") or FORMAT,
    }
    if asked["logDestinationType"] == GROUPS and not asked["deliverLogsPermissionArn"]:
        message = "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs"
        raise Refusal("InvalidParameter", message)
    made = [_one(resource, asked, params) for resource in ec2._parse_member_list(params, "ResourceId")]
    return f"<flowLogIdSet>{''.join(f'<item>{name}</item>' for name in made)}</flowLogIdSet><unsuccessful/>"


def _one(resource: str, asked: Record, params: Record) -> str:
    if resource.startswith("vpc-") and resource not in ec2._vpcs:
        raise Refusal("InvalidVpcId.NotFound", f"The vpc ID '{resource}' does not exist")
    place = asked["logDestination"], asked["logGroupName"]
    for row in ec2._flow_logs.values():
        if row["resourceId"] == resource and (row["logDestination"], row["logGroupName"]) == place:
            message = "There is an existing Flow Log with the same configuration and log destination"
            raise Refusal("FlowLogAlreadyExists", message)
    name = f"fl-{secrets.token_hex(9)[:17]}"
    ec2._flow_logs[name] = {
        "flowLogId": name,
        "resourceId": resource,
        "flowLogStatus": "ACTIVE",
        "creationTime": ec2._now_ts(),
        **{key: value for key, value in asked.items() if value or key.startswith("log")},
    }
    ec2._parse_tag_specs(params, "vpc-flow-log", name)
    return name


def _describe(params: Record) -> str:
    wanted = ec2._parse_member_list(params, "FlowLogId")
    rows = [row for name, row in ec2._flow_logs.items() if not wanted or name in wanted]
    return f"<flowLogSet>{''.join(map(_shown, rows))}</flowLogSet>"


def _shown(row: Record) -> str:
    fields = "".join(f"<{key}>{value}</{key}>" for key, value in row.items() if value)
    return f"<item>{fields}{ec2._tag_set_xml(row['flowLogId'])}</item>"

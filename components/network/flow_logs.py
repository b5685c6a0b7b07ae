"""Who talked to whom in the VPC, in a log group of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.iam import roles_and_logs
from model.names import names
from model.settings.network import FlowLogs as Settings

TYPE = "slipway:components:FlowLogs"


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """What is written down, and how long it is kept."""

    env: str
    region: str
    account: str
    settings: Settings
    vpc_id: pulumi.Input[str]


class FlowLogs(pulumi.ComponentResource):
    """The log group, the role that may write into it and nowhere else, and the flow log of the whole VPC."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        logical, tags = f"{name}.flow-logs", {"Environment": args.env}
        group = aws.cloudwatch.LogGroup(
            logical,
            name=names.flow_logs_group(args.env),
            retention_in_days=args.settings.days,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.ec2.FlowLog(
            logical,
            vpc_id=args.vpc_id,
            traffic_type=args.settings.traffic.upper(),
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=self._role(logical, args, group),
            tags={**tags, "Name": f"{args.env}-flow-logs"},
            # Nothing of it changes in place, and AWS has no second one with the same destination.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.register_outputs({"group": group.name})

    def _role(self, logical: str, args: FlowLogsArgs, group: aws.cloudwatch.LogGroup) -> pulumi.Output[str]:
        role = aws.iam.Role(
            logical,
            name=names.flow_logs_role(args.env, args.region),
            assume_role_policy=json.dumps(roles_and_logs.flow_logs_trust(args.account, args.region)),
            tags={"Environment": args.env},
            opts=pulumi.ResourceOptions(parent=self),
        )
        policy = aws.iam.RolePolicy(
            logical,
            role=role.name,
            policy=group.arn.apply(_leave),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Deliveries that come before the leave fail, so the flow log waits for it.
        return pulumi.Output.all(role.arn, policy.id).apply(_first)


def _leave(group: str) -> str:
    return json.dumps(roles_and_logs.flow_logs(group))


def _first(parts: list[str]) -> str:
    return parts[0]

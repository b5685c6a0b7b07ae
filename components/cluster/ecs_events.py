"""What ECS tells of a cluster, kept in a log group."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.monitoring import ecs_events
from model.names.names import ecs_events_group

TYPE = "slipway:components:Events"


@dataclass(frozen=True, kw_only=True)
class EventsArgs:
    """The cluster, by its ARN."""

    env: str
    cluster_arn: pulumi.Input[str]


class Events(pulumi.ComponentResource):
    """A rule, the log group that it writes to, and the leave to do so.

    An account can have ten such policies in a region, of which each environment needs one.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
    """

    group: pulumi.Output[str]

    def __init__(self, name: str, args: EventsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child, tags = pulumi.ResourceOptions(parent=self), {"Environment": args.env}
        logical = f"{name}-ecs-events"
        group = aws.cloudwatch.LogGroup(
            logical, name=ecs_events_group(args.env), retention_in_days=ecs_events.DAYS, tags=tags, opts=child
        )
        rule = aws.cloudwatch.EventRule(
            logical,
            name=f"slipway-{args.env}-ecs-events",
            description=f"What ECS tells of {args.env}",
            event_pattern=pulumi.Output.from_input(args.cluster_arn).apply(_pattern),
            tags=tags,
            opts=child,
        )
        policy = aws.cloudwatch.LogResourcePolicy(
            logical,
            policy_name=f"slipway-{args.env}-ecs-events",
            policy_document=pulumi.Output.all(group.arn, rule.arn).apply(_delivery),
            opts=child,
        )
        aws.cloudwatch.EventTarget(
            logical,
            rule=rule.name,
            target_id="log-group",
            arn=group.arn,
            # Events that come before the leave are lost.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.group = group.name
        self.register_outputs({"group": self.group})


def _pattern(cluster: str) -> str:
    return json.dumps(ecs_events.pattern(cluster))


def _delivery(arns: list[str]) -> str:
    group, rule = arns
    return json.dumps(ecs_events.delivery(group, rule))

"""The way of one web process through a shared load balancer: by its host names, or by a port of its own."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.ingress.load_balancer import Balancer
from components.ingress.target_group import TargetGroupArgs, target_group
from model.settings.ingress import Door

TYPE = "slipway:components:Route"


@dataclass(frozen=True, kw_only=True)
class RouteArgs:
    """Where the process is reached, on which load balancer, and which tasks serve it."""

    door: Door
    balancer: Balancer
    serves: TargetGroupArgs


class Route(pulumi.ComponentResource):
    """A target group, and what sends requests to it: nothing of it depends on any other process."""

    target_group_arn: pulumi.Output[str]
    entry: pulumi.Resource

    def __init__(self, name: str, args: RouteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.target_group_arn = target_group(args.serves, self).arn
        self.entry = self._rule(name) if args.door.hosts else self._listener(name)
        self.register_outputs({"targetGroupArn": self.target_group_arn})

    def _rule(self, name: str) -> aws.lb.ListenerRule:
        hosts = aws.lb.ListenerRuleConditionHostHeaderArgs(values=list(self._args.door.hosts))
        return aws.lb.ListenerRule(
            name,
            listener_arn=self._args.balancer.listener.arn,
            priority=self._args.door.place,
            conditions=[aws.lb.ListenerRuleConditionArgs(host_header=hosts)],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=self.target_group_arn)],
            tags=self._args.door.names.tags,
            opts=self._child,
        )

    def _listener(self, name: str) -> aws.lb.Listener:
        """Nothing but a port tells processes apart where there are no names."""
        self._args.balancer.admit(name, self._args.door.port)
        return aws.lb.Listener(
            name,
            load_balancer_arn=self._args.balancer.arn,
            port=self._args.door.port,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=self.target_group_arn)],
            tags=self._args.door.names.tags,
            opts=self._child,
        )

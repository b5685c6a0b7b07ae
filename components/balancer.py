"""The load balancer of one web process."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from spec.catalogue import Process
from spec.names import ProcessNames

TYPE = "slipway:components:Balancer"


@dataclass(frozen=True, kw_only=True)
class BalancerArgs:
    """Where the balancer stands, who may reach it and which process it serves. `port` is that of the tasks."""

    names: ProcessNames
    process: Process
    port: int
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    allowed: tuple[str, ...]
    protect: bool


class Balancer(pulumi.ComponentResource):
    """An application load balancer with one target group."""

    arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    listener: aws.lb.Listener

    def __init__(self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._tags = {"Environment": args.names.env, "App": args.names.app, "Process": args.names.process}
        self.security_group_id = self._security_group(name, args).id
        balancer = self._balancer(name, args)
        group = self._target_group(name, args)
        self.listener = aws.lb.Listener(
            name,
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = balancer.arn
        self.dns_name = balancer.dns_name
        self.target_group_arn = group.arn
        self.register_outputs({"dnsName": self.dns_name, "targetGroupArn": self.target_group_arn})

    def _security_group(self, name: str, args: BalancerArgs) -> aws.ec2.SecurityGroup:
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            name,
            description=f"Load balancer of {args.names.logical}",
            vpc_id=args.vpc_id,
            tags={**self._tags, "Name": f"{args.names.family}-balancer"},
            opts=child,
        )
        for index, block in enumerate(args.allowed):
            aws.vpc.SecurityGroupIngressRule(
                f"{name}.{index}",
                security_group_id=group.id,
                ip_protocol="tcp",
                from_port=80,
                to_port=80,
                cidr_ipv4=block,
                opts=child,
            )
        aws.vpc.SecurityGroupEgressRule(
            name, security_group_id=group.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0", opts=child
        )
        return group

    def _balancer(self, name: str, args: BalancerArgs) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            name,
            name=args.names.balancer,
            load_balancer_type="application",
            internal=not args.process.public,
            subnets=args.subnet_ids,
            security_groups=[self.security_group_id],
            idle_timeout=60,
            drop_invalid_header_fields=True,
            enable_deletion_protection=args.protect,
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _target_group(self, name: str, args: BalancerArgs) -> aws.lb.TargetGroup:
        health = args.process.health
        return aws.lb.TargetGroup(
            name,
            name=args.names.target_group(args.port),
            vpc_id=args.vpc_id,
            port=args.port,
            protocol="HTTP",
            target_type="ip",
            deregistration_delay=health.drain,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                path=health.path,
                matcher=health.codes,
                interval=health.interval,
                timeout=health.timeout,
                healthy_threshold=health.healthy,
                unhealthy_threshold=health.unhealthy,
            ),
            tags=self._tags,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect),
        )

"""The target group of one web process, on a load balancer of its own or on a shared one."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.names.names import ProcessNames
from model.settings.app import Process


@dataclass(frozen=True, kw_only=True)
class TargetGroupArgs:
    """Which process it sends requests to, on which port of the tasks, and what it is called."""

    names: ProcessNames
    process: Process
    port: int
    label: str
    vpc_id: pulumi.Input[str]
    protect: bool


def target_group(args: TargetGroupArgs, parent: pulumi.Resource) -> aws.lb.TargetGroup:
    """A target group of the tasks' own addresses, with the health check of the catalogue."""
    health = args.process.health
    return aws.lb.TargetGroup(
        args.names.logical,
        name=args.label,
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
        tags=args.names.tags,
        opts=pulumi.ResourceOptions(parent=parent, protect=args.protect),
    )

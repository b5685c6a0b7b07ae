"""What may reach the tasks of an app, and where they may go: one security group for all of its processes."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.front import Front
from spec.ingress import Ingress
from spec.names import AppNames, ProcessNames


def security_group(names: AppNames, vpc_id: pulumi.Input[str], app: pulumi.Resource) -> aws.ec2.SecurityGroup:
    """The group, which lets everything out; `admit` lets load balancers in."""
    child = pulumi.ResourceOptions(parent=app)
    group = aws.ec2.SecurityGroup(
        names.app,
        description=f"Tasks of {names.app}",
        vpc_id=vpc_id,
        tags={"Environment": names.env, "App": names.app, "Name": f"{names.env}-{names.app}"},
        opts=child,
    )
    aws.vpc.SecurityGroupEgressRule(
        names.app,
        security_group_id=group.id,
        ip_protocol="-1",
        cidr_ipv4="0.0.0.0/0",
        description="To wherever the app goes",
        opts=child,
    )
    return group


def admit(
    names: ProcessNames, front: Front, port: int, kind: Ingress, group: aws.ec2.SecurityGroup, app: pulumi.Resource
) -> None:
    """Let a load balancer reach this port of the tasks."""
    aws.vpc.SecurityGroupIngressRule(
        names.logical if kind is Ingress.DEDICATED else f"{names.logical}.{kind}",
        security_group_id=group.id,
        referenced_security_group_id=front.security_group_id,
        ip_protocol="tcp",
        from_port=port,
        to_port=port,
        description=f"{names.process} from its load balancer",
        opts=pulumi.ResourceOptions(parent=app),
    )

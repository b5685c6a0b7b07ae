"""What may reach the tasks of an app, and where they may go: one security group for all of its processes."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.ingress.web_entry import Front
from components.network.security_group_rules import GroupRules
from model.names.names import AppNames, ProcessNames
from model.settings.ingress import Ingress


def security_group(names: AppNames, vpc_id: pulumi.Input[str], app: pulumi.Resource) -> aws.ec2.SecurityGroup:
    """The group, which lets everything out; `admit` lets load balancers in."""
    group = aws.ec2.SecurityGroup(
        names.app,
        description=f"Tasks of {names.app}",
        vpc_id=vpc_id,
        tags={"Environment": names.env, "App": names.app, "Name": f"{names.env}-{names.app}"},
        opts=pulumi.ResourceOptions(parent=app),
    )
    GroupRules(group.id, app).let_out(names.app, "To wherever the app goes")
    return group


def admit(
    names: ProcessNames, front: Front, port: int, kind: Ingress, group: aws.ec2.SecurityGroup, app: pulumi.Resource
) -> None:
    """Let a load balancer reach this port of the tasks."""
    GroupRules(group.id, app).let_in(
        names.logical if kind is Ingress.DEDICATED else f"{names.logical}.{kind}",
        port,
        f"{names.process} from its load balancer",
        group_id=front.security_group_id,
    )

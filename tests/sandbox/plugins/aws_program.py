"""The program that the tests of the stand-in aws plugin run: what an app is made of."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}},
    ],
}
TAGS = {"Environment": "dev"}
REPOSITORY = "dev/shop"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What differs between the runs of the one program; `indent` is only about how its JSON is written."""

    indent: int | None = None
    idle: int = 60
    drain: int = 30
    path: str = "/health"
    days: int = 7
    actions: tuple[str, ...] = ("logs:PutLogEvents",)
    description: str = "Config"
    most: int = 4
    cpu: int = 60
    tags: tuple[tuple[str, str], ...] = tuple(TAGS.items())


def program_of(wanted: Wanted) -> Callable[[], None]:
    """A program with a balancer, a role, a secret, a log group and a scaled service without tasks."""

    def program() -> None:
        tags = dict(wanted.tags)
        group, balancer = _balancing(wanted, tags)
        role = _identity(wanted, tags)
        _scaled_service(wanted, role, group)
        found = aws.ecr.get_repository_output(name=REPOSITORY)
        # Field by field: a whole result is exported in one spelling or another, as the process has it.
        pulumi.export(
            "repository",
            {
                "arn": found.arn,
                "repository_url": found.repository_url,
                "registry_id": found.registry_id,
                "name": found.name,
                "image_tag_mutability": found.image_tag_mutability,
            },
        )
        pulumi.export("balancer", {"dns": balancer.dns_name, "zone": balancer.zone_id, "suffix": balancer.arn_suffix})

    return program


def _balancing(wanted: Wanted, tags: dict[str, str]) -> tuple[aws.lb.TargetGroup, aws.lb.LoadBalancer]:
    vpc = aws.ec2.Vpc("net", cidr_block="10.9.0.0/16")
    subnets = [
        aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.9.{at}.0/24", availability_zone=f"eu-west-1{zone}")
        for at, zone in enumerate("ab")
    ]
    outside = aws.ec2.SecurityGroup("web", vpc_id=vpc.id, description="Load balancer of shop.web")
    balancer = aws.lb.LoadBalancer(
        "web",
        name="dev-shop-web",
        load_balancer_type="application",
        subnets=[subnet.id for subnet in subnets],
        security_groups=[outside.id],
        idle_timeout=wanted.idle,
        drop_invalid_header_fields=True,
        enable_deletion_protection=False,
        tags=tags,
    )
    group = aws.lb.TargetGroup(
        "web",
        name="dev-shop-web-8000",
        vpc_id=vpc.id,
        port=8000,
        protocol="HTTP",
        target_type="ip",
        deregistration_delay=wanted.drain,
        health_check=aws.lb.TargetGroupHealthCheckArgs(
            path=wanted.path, matcher="200-299", interval=10, timeout=5, healthy_threshold=2, unhealthy_threshold=3
        ),
        tags=tags,
    )
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
    aws.lb.Listener("web", load_balancer_arn=balancer.arn, port=80, protocol="HTTP", default_actions=[forward])
    return group, balancer


def _identity(wanted: Wanted, tags: dict[str, str]) -> aws.iam.Role:
    logs = aws.cloudwatch.LogGroup("logs", name="/dev/shop/web", retention_in_days=wanted.days, tags=tags)
    secret = aws.secretsmanager.Secret(
        "config", name="dev/shop", description=wanted.description, recovery_window_in_days=0, tags=tags
    )
    trust = json.dumps(TRUST, indent=wanted.indent, sort_keys=wanted.indent is not None)
    role = aws.iam.Role("execution", name="dev-shop-execution", assume_role_policy=trust, tags=tags)
    statements = [
        {"Effect": "Allow", "Action": list(wanted.actions), "Resource": [pulumi.Output.concat(logs.arn, ":*")]},
        {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [secret.arn]},
    ]
    policy = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements}, indent=wanted.indent)
    aws.iam.RolePolicy("execution", name="execution", role=role.name, policy=policy)
    return role


def _scaled_service(wanted: Wanted, role: aws.iam.Role, group: aws.lb.TargetGroup) -> None:
    cluster = aws.ecs.Cluster("main", name="dev")
    container = {"name": "app", "image": "hashicorp/http-echo", "essential": True}
    task = aws.ecs.TaskDefinition(
        "worker",
        family="dev-shop-worker",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=role.arn,
        container_definitions=json.dumps([container], indent=wanted.indent),
    )
    subnet = aws.ec2.Subnet("tasks", vpc_id=group.vpc_id, cidr_block="10.9.9.0/24")
    service = aws.ecs.Service(
        "worker",
        name="shop-worker",
        cluster=cluster.name,
        task_definition=task.arn,
        desired_count=0,
        launch_type="FARGATE",
        network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(subnets=[subnet.id]),
    )
    target = aws.appautoscaling.Target(
        "worker",
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.format("service/{0}/{1}", cluster.name, service.name),
        min_capacity=0,
        max_capacity=wanted.most,
    )
    metric = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
        predefined_metric_type="ECSServiceAverageCPUUtilization"
    )
    aws.appautoscaling.Policy(
        "worker",
        name="shop.worker.cpu",
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        target_tracking_scaling_policy_configuration=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
            target_value=wanted.cpu, predefined_metric_specification=metric
        ),
    )

"""The table: every resource type that the stand-in knows, one file an AWS service or a part of one."""

from sandbox.plugins.aws.failures import PluginError
from sandbox.plugins.aws.row import Row
from sandbox.plugins.aws.rows import (
    acm,
    alarms,
    alarms_composite,
    autoscaling,
    dynamodb,
    ec2_endpoints,
    ec2_flow_logs,
    ec2_gateways,
    ec2_routes,
    ec2_rules,
    ec2_security,
    ec2_vpc,
    ecr,
    ecs_cluster,
    ecs_service,
    ecs_task_definition,
    events,
    functions,
    iam,
    kms,
    lb_balancer,
    lb_certificate,
    lb_listener,
    lb_rule,
    lb_target_group,
    logs,
    logs_subscriptions,
    route53,
    s3,
    s3_rules,
    scheduler,
    secrets,
    service_discovery,
    sns,
    sns_subscriptions,
    sqs,
    waf,
)

_FILES = (
    acm,
    alarms,
    alarms_composite,
    autoscaling,
    dynamodb,
    ec2_endpoints,
    ec2_flow_logs,
    ec2_gateways,
    ec2_routes,
    ec2_rules,
    ec2_security,
    ec2_vpc,
    ecr,
    ecs_cluster,
    ecs_service,
    ecs_task_definition,
    events,
    functions,
    iam,
    kms,
    lb_balancer,
    lb_certificate,
    lb_listener,
    lb_rule,
    lb_target_group,
    logs,
    logs_subscriptions,
    route53,
    s3,
    s3_rules,
    scheduler,
    secrets,
    service_discovery,
    sns,
    sns_subscriptions,
    sqs,
    waf,
)

ROWS: dict[str, Row] = {row.type: row for file in _FILES for row in file.ROWS}


def row_of(token: str) -> Row:
    """The row of a resource type. Raises PluginError for one that is not in the table."""
    if token not in ROWS:
        raise PluginError(f"sandbox: resource type {token} is not in the stand-in provider's table")
    return ROWS[token]

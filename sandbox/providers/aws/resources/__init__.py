"""The table: every resource type that the stand-in knows, one file an AWS service or a part of one."""

from sandbox.providers.aws.failures import PluginError
from sandbox.providers.aws.resource import Row
from sandbox.providers.aws.resources import (
    acm,
    autoscaling,
    dynamodb,
    ecr,
    events,
    iam,
    kms,
    lambda_functions,
    route53,
    scheduler,
    secrets,
    service_discovery,
    sqs,
    waf,
)
from sandbox.providers.aws.resources.cloudwatch import alarms, composite_alarms, dashboards
from sandbox.providers.aws.resources.ec2 import (
    endpoints,
    flow_logs,
    gateways,
    routes,
    security_group_rules,
    security_groups,
    vpc,
)
from sandbox.providers.aws.resources.ecs import cluster, service, task_definition
from sandbox.providers.aws.resources.elbv2 import (
    listener,
    listener_certificate,
    listener_rule,
    load_balancer,
    target_group,
)
from sandbox.providers.aws.resources.logs import log_groups, subscription_filters
from sandbox.providers.aws.resources.s3 import bucket_rules, buckets
from sandbox.providers.aws.resources.sns import subscriptions, topics

_FILES = (
    acm,
    alarms,
    composite_alarms,
    dashboards,
    autoscaling,
    dynamodb,
    endpoints,
    flow_logs,
    gateways,
    routes,
    security_group_rules,
    security_groups,
    vpc,
    ecr,
    cluster,
    service,
    task_definition,
    events,
    lambda_functions,
    iam,
    kms,
    load_balancer,
    listener_certificate,
    listener,
    listener_rule,
    target_group,
    log_groups,
    subscription_filters,
    route53,
    buckets,
    bucket_rules,
    scheduler,
    secrets,
    service_discovery,
    topics,
    subscriptions,
    sqs,
    waf,
)

ROWS: dict[str, Row] = {row.type: row for file in _FILES for row in file.ROWS}


def row_of(token: str) -> Row:
    """The row of a resource type. Raises PluginError for one that is not in the table."""
    if token not in ROWS:
        raise PluginError(f"sandbox: resource type {token} is not in the stand-in provider's table")
    return ROWS[token]

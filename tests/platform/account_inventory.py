"""Everything that stands in an account, by kind, as somebody lists it who knows nothing of Slipway."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Listing = set[tuple[str, str]]

CALLS: dict[str, tuple[str, str, str, str]] = {
    # kind: service, operation, the list in its answer, what names one of them
    "address": ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    "alarm": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "bucket": ("s3", "list_buckets", "Buckets", "Name"),
    "certificate": ("acm", "list_certificates", "CertificateSummaryList", "CertificateArn"),
    "cluster": ("ecs", "list_clusters", "clusterArns", ""),
    "composite alarm": ("cloudwatch", "describe_alarms", "CompositeAlarms", "AlarmName"),
    "dashboard": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "endpoint": ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "flow log": ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    "function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "internet gateway": ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "load balancer": ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "key alias": ("kms", "list_aliases", "Aliases", "AliasName"),
    "namespace": ("servicediscovery", "list_namespaces", "Namespaces", "Id"),
    "nat gateway": ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    "network interface": ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    "policy": ("iam", "list_policies", "Policies", "PolicyName"),
    "queue": ("sqs", "list_queues", "QueueUrls", ""),
    "repository": ("ecr", "describe_repositories", "repositories", "repositoryName"),
    "role": ("iam", "list_roles", "Roles", "RoleName"),
    "route table": ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    "rule": ("events", "list_rules", "Rules", "Name"),
    "schedule": ("scheduler", "list_schedules", "Schedules", "Name"),
    "secret": ("secretsmanager", "list_secrets", "SecretList", "Name"),
    "security group": ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "subnet": ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    "table": ("dynamodb", "list_tables", "TableNames", ""),
    "target group": ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    "task definition": ("ecs", "list_task_definitions", "taskDefinitionArns", ""),
    "topic": ("sns", "list_topics", "Topics", "TopicArn"),
    "vpc": ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    "zone": ("route53", "list_hosted_zones", "HostedZones", "Name"),
}
GONE = {"deleted", "deleting", "inactive"}


def listing(client: Callable[[str], Any]) -> Listing:
    """What stands there now; what is only shown as deleted is left out."""
    return {(kind, name) for kind, call in CALLS.items() for name in _names(client, *call)} | _keys(client("kms"))


def _names(client: Callable[[str], Any], service: str, operation: str, rows: str, key: str) -> Iterable[str]:
    api = client(service)
    pages = api.get_paginator(operation).paginate() if api.can_paginate(operation) else [getattr(api, operation)()]
    for page in pages:
        for row in page.get(rows, []):
            if not (isinstance(row, Mapping) and str(row.get("State", "")).lower() in GONE):
                yield str(row[key] if key else row)


def _keys(kms: Any) -> Listing:
    """Keys are never deleted at once: one whose deletion is scheduled is on its way."""
    ids = [row["KeyId"] for page in kms.get_paginator("list_keys").paginate() for row in page["Keys"]]
    states = {key: kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in ids}
    return {("key", key) for key, state in states.items() if state != "PendingDeletion"}

"""Which resources AWS has, kind by kind, in as few calls as lists take: what the state has beside that is gone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from driver.adapters.aws.ecs.batches import active_services
from driver.adapters.aws.existing.ask import only
from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import Session
from driver.core.values.checkpoint import Resource

Lister = Callable[[Session, Sequence[Resource]], Iterable[str]]
"""The ids that are there, as the state has them; it may list more than was asked for."""


@dataclass(frozen=True)
class Listed:
    """A kind that one paginated operation lists: the key of its rows, and the field of a row that is the id."""

    service: str
    operation: str
    key: str
    identity: str = ""
    arguments: Mapping[str, object] | None = None

    def __call__(self, session: Session, rows: Sequence[Resource]) -> Iterable[str]:
        """Everything of the kind in the region."""
        pages = session.client(self.service).get_paginator(self.operation)
        for page in pages.paginate(**(self.arguments or {})):
            for row in page.get(self.key) or ():
                yield row[self.identity] if self.identity else row


def _services(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    ecs = session.client("ecs")
    clusters = {row.output("id").split("/")[-2] for row in rows}
    for cluster in clusters:
        mine = [row.output("id") for row in rows if row.output("id").split("/")[-2] == cluster]
        names = [arn.rsplit("/", 1)[-1] for arn in mine]
        found = only(partial(active_services, ecs, cluster, names), "ClusterNotFoundException")
        yield from (row["serviceArn"] for row in found or ())


def _clusters(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    for some in batches([row.output("id") for row in rows], 100):
        found = session.client("ecs").describe_clusters(clusters=some)["clusters"]
        yield from (row["clusterArn"] for row in found if row["status"] == "ACTIVE")


def _log_groups(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    """By what their names begin with: there may be thousands that are not ours."""
    pages = session.client("logs").get_paginator("describe_log_groups")
    for prefix in sorted({_begins(row.output("id")) for row in rows}):
        for page in pages.paginate(logGroupNamePrefix=prefix):
            yield from (row["logGroupName"] for row in page["logGroups"])


def _begins(group: str) -> str:
    """`/ecs/dev-` of `/ecs/dev-shop-web`: the folder and the first word."""
    folder, _, last = group.rpartition("/")
    return f"{folder}/{last.split('-', 1)[0]}"


def _tables(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    client = session.client("dynamodb")
    for name in (row.output("id") for row in rows):
        found = only(partial(client.describe_table, TableName=name), "ResourceNotFoundException")
        if found and found["Table"]["TableStatus"] != "DELETING":
            yield name


def _secrets(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    """With those that are scheduled for deletion: they are not gone yet."""
    pages = session.client("secretsmanager").get_paginator("list_secrets")
    for page in pages.paginate(IncludePlannedDeletion=True):
        yield from (row["ARN"] for row in page["SecretList"])


def _role_policies(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    pages = session.client("iam").get_paginator("list_role_policies")
    for role in sorted({row.output("id").split(":", 1)[0] for row in rows}):
        found = only(partial(_all, pages, RoleName=role), "NoSuchEntity")
        yield from (f"{role}:{name}" for page in found or () for name in page["PolicyNames"])


def _listeners(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    yield from _below(session, "describe_listeners", "Listeners", "LoadBalancerArn", rows, "loadBalancerArn")


def _rules(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    yield from _below(session, "describe_rules", "Rules", "ListenerArn", rows, "listenerArn")


def _below(
    session: Session, operation: str, key: str, argument: str, rows: Sequence[Resource], output: str
) -> Iterable[str]:
    pages = session.client("elbv2").get_paginator(operation)
    missing = ("LoadBalancerNotFound", "ListenerNotFound")
    for arn in sorted({row.output(output) for row in rows}):
        found = only(partial(_all, pages, **{argument: arn}), *missing)
        yield from (
            row["ListenerArn" if key == "Listeners" else "RuleArn"] for page in found or () for row in page[key]
        )


def _all(pages: Any, **arguments: object) -> list[Any]:  # noqa: ANN401 - boto3 makes its paginators at run time
    return list(pages.paginate(**arguments))


def _scaled(operation: str, key: str, identity: str) -> Listed:
    return Listed("application-autoscaling", operation, key, identity, {"ServiceNamespace": "ecs"})


def _definitions(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    """Those that ECS still starts tasks of. A family has any number of revisions, so each is asked about."""
    client = session.client("ecs")
    for row in rows:
        arn = row.output("arn")
        found = only(partial(client.describe_task_definition, taskDefinition=arn), "ClientException")
        if found and found["taskDefinition"]["status"] == "ACTIVE":
            yield row.output("id")


def _schedules(session: Session, rows: Sequence[Resource]) -> Iterable[str]:
    pages = session.client("scheduler").get_paginator("list_schedules")
    for page in pages.paginate():
        yield from (f"{row['GroupName']}/{row['Name']}" for row in page["Schedules"])


def _ec2(operation: str, key: str, identity: str) -> Listed:
    return Listed("ec2", operation, key, identity)


LISTERS: dict[str, Lister] = {
    "aws:ecs/service:Service": _services,
    "aws:ecs/cluster:Cluster": _clusters,
    "aws:ecs/taskDefinition:TaskDefinition": _definitions,
    "aws:cloudwatch/logGroup:LogGroup": _log_groups,
    "aws:dynamodb/table:Table": _tables,
    "aws:secretsmanager/secret:Secret": _secrets,
    "aws:iam/role:Role": Listed("iam", "list_roles", "Roles", "RoleName"),
    "aws:iam/rolePolicy:RolePolicy": _role_policies,
    "aws:iam/policy:Policy": Listed("iam", "list_policies", "Policies", "Arn", {"Scope": "Local"}),
    "aws:lb/loadBalancer:LoadBalancer": Listed("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerArn"),
    "aws:lb/targetGroup:TargetGroup": Listed("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupArn"),
    "aws:lb/listener:Listener": _listeners,
    "aws:lb/listenerRule:ListenerRule": _rules,
    "aws:appautoscaling/target:Target": _scaled("describe_scalable_targets", "ScalableTargets", "ResourceId"),
    "aws:appautoscaling/policy:Policy": _scaled("describe_scaling_policies", "ScalingPolicies", "PolicyName"),
    "aws:appautoscaling/scheduledAction:ScheduledAction": _scaled(
        "describe_scheduled_actions", "ScheduledActions", "ScheduledActionName"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Listed("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Listed(
        "cloudwatch", "describe_alarms", "CompositeAlarms", "AlarmName", {"AlarmTypes": ["CompositeAlarm"]}
    ),
    "aws:cloudwatch/eventRule:EventRule": Listed("events", "list_rules", "Rules", "Name"),
    "aws:scheduler/schedule:Schedule": _schedules,
    "aws:lambda/function:Function": Listed("lambda", "list_functions", "Functions", "FunctionName"),
    "aws:sns/topic:Topic": Listed("sns", "list_topics", "Topics", "TopicArn"),
    "aws:sqs/queue:Queue": Listed("sqs", "list_queues", "QueueUrls"),
    "aws:s3/bucket:Bucket": Listed("s3", "list_buckets", "Buckets", "Name"),
    "aws:ecr/repository:Repository": Listed("ecr", "describe_repositories", "repositories", "repositoryName"),
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": Listed(
        "servicediscovery", "list_namespaces", "Namespaces", "Id"
    ),
    "aws:servicediscovery/service:Service": Listed("servicediscovery", "list_services", "Services", "Id"),
    "aws:ec2/vpc:Vpc": _ec2("describe_vpcs", "Vpcs", "VpcId"),
    "aws:ec2/subnet:Subnet": _ec2("describe_subnets", "Subnets", "SubnetId"),
    "aws:ec2/routeTable:RouteTable": _ec2("describe_route_tables", "RouteTables", "RouteTableId"),
    "aws:ec2/internetGateway:InternetGateway": _ec2(
        "describe_internet_gateways", "InternetGateways", "InternetGatewayId"
    ),
    "aws:ec2/natGateway:NatGateway": Listed(
        "ec2",
        "describe_nat_gateways",
        "NatGateways",
        "NatGatewayId",
        {"Filters": [{"Name": "state", "Values": ["pending", "available"]}]},
    ),
    "aws:ec2/securityGroup:SecurityGroup": _ec2("describe_security_groups", "SecurityGroups", "GroupId"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _ec2(
        "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _ec2(
        "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _ec2("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
}
"""What somebody may take away by itself; `slipway up --refresh` looks at all the rest as well."""

"""What an environment with all there is tells of itself, as the program would."""

from typing import Any

from model.monitoring import output, queue_metrics
from model.monitoring.output import Monitoring
from model.names.names import AppNames

ACCOUNT, REGION = "123456789012", "eu-west-1"
LB = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"


def alarm(name: str, kind: str, threshold: float, *, period: int = 60, process: str | None = None) -> output.Alarm:
    """One alarm as the output has it."""
    return output.Alarm(
        name=name,
        arn=f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        process=process,
        severity=kind,
        threshold=threshold,
        period=period,
    )


def service(app: str, process: str, *, web: bool = False) -> output.Service:
    """One service, behind a load balancer of its own where it is web."""
    name = f"dev-{app}-{process}"
    row: dict[str, Any] = {}
    if web:
        balancer = f"{LB}:loadbalancer/app/{name}/0123456789abcdef"
        group = output.target_group(f"{LB}:targetgroup/{name}-1/fedcba9876543210", balancer)
        row = {"load_balancer": output.load_balancer(balancer, f"{name}.elb.example.com"), "target_groups": (group,)}
        row["url"] = f"https://{name}.example.com/"
    return output.Service(
        name=name, log_group=f"/ecs/{name}", dimensions={"ClusterName": "dev", "ServiceName": name}, **row
    )


def app(name: str) -> output.App:
    """An app with a web process and a worker that scales on its queue."""
    alarms = (
        alarm(f"dev-{name}-web-service-cpu", "service_cpu", 90, process="web"),
        alarm(f"dev-{name}-web-targets-5xx", "targets_5xx", 10, period=300, process="web"),
        alarm(f"dev-{name}-web-targets-latency", "targets_latency", 2, process="web"),
        alarm(f"dev-{name}-worker-queue-age", "queue_age", 600, process="worker"),
        output.Alarm(name=f"dev-{name}-any", arn=f"arn:{name}", composite=True),
    )
    late = f"dev-{name}-schedules"
    failed = output.Watched(kind="queue", name=late, namespace="AWS/SQS", dimensions={"QueueName": late})
    return output.App(
        others=(failed,),
        release=output.Release(number=3, version="v3"),
        services={"web": service(name, "web", web=True), "worker": service(name, "worker")},
        alarms=alarms,
        queues=(output.Queue.model_validate(queue_metrics.row(AppNames("dev", name).process("worker"))),),
    )


def watched(*apps: str, insights: bool = True, region: str = REGION, account: str = ACCOUNT) -> Monitoring:
    """An environment with everything; `apps` are shop and till if none is named."""
    others = (
        ("nat", "dev-nat-1", "AWS/NATGateway", {"NatGatewayId": "nat-1"}),
        ("rds", "dev-orders", "AWS/RDS", {"DBInstanceIdentifier": "orders"}),
        ("elasticache", "dev-sessions-001", "AWS/ElastiCache", {"CacheClusterId": "sessions-001"}),
        ("function", "slipway-dev-log-shipper", "AWS/Lambda", {"FunctionName": "slipway-dev-log-shipper"}),
        ("function", "slipway-dev-log-compactor", "AWS/Lambda", {"FunctionName": "slipway-dev-log-compactor"}),
        ("function", "slipway-dev-queue-metrics", "AWS/Lambda", {"FunctionName": "slipway-dev-queue-metrics"}),
        ("queue", "slipway-dev-log-shipper-failed", "AWS/SQS", {"QueueName": "slipway-dev-log-shipper-failed"}),
    )
    return Monitoring(
        environment="dev",
        region=region,
        account=account,
        cluster=output.Cluster(
            name="dev", arn=f"arn:aws:ecs:{region}:{account}:cluster/dev", dimensions={"ClusterName": "dev"}
        ),
        apps={name: app(name) for name in apps or ("shop", "till")},
        alarms=(
            alarm("slipway-dev-log-shipper-shipper-lag", "shipper_lag", 300_000, period=900),
            alarm("dev-orders-database-storage", "database_storage", 10 * 1024.0**3),
            output.Alarm(name="slipway-dev-any", arn="arn:dev", composite=True),
        ),
        others=tuple(
            output.Watched(kind=kind, name=name, namespace=namespace, dimensions=dimensions)
            for kind, name, namespace, dimensions in others
        ),
        dashboards=output.Dashboards(
            container_insights="ECS/ContainerInsights" if insights else None, task_failures="Slipway/Tasks"
        ),
    )

"""The tests' hands on a running sandbox: AWS clients, and services of the test program."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.client import BaseClient

IMAGE = "hashicorp/http-echo:1.0.0"
PROGRAM = str(Path(__file__).with_name("task_program.py"))
BREAKER = {"enable": True, "rollback": True}
PORT = 8000
GRACE = 30
Record = dict[str, Any]
T = TypeVar("T")


def until(look: Callable[[], T], seconds: float = 15.0) -> T:
    """What `look` returns once it is true."""
    deadline = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"nothing within {seconds:g} s")
        time.sleep(0.03)


@dataclass(frozen=True)
class Web:
    """A load balancer with one listener and one target group."""

    url: str
    balancer: str
    listener: str
    group: str


@dataclass(frozen=True)
class Cloud:
    """One sandbox, with everything of one test under one name."""

    endpoint: str
    name: str
    clients: dict[str, BaseClient] = field(default_factory=dict)

    def client(self, service: str) -> BaseClient:
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service, endpoint_url=self.endpoint, region_name="eu-west-1",
                aws_access_key_id="test", aws_secret_access_key="test",
            )  # fmt: skip
        return self.clients[service]

    @property
    def ecs(self) -> BaseClient:
        return self.client("ecs")

    def web(self, **group: object) -> Web:
        """A load balancer whose group probes /health quickly."""
        elb = self.client("elbv2")
        balancer = elb.create_load_balancer(Name=self.name, Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
        settings = {"HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 5, "HealthyThresholdCount": 2, **group}
        made = elb.create_target_group(
            Name=self.name, Protocol="HTTP", Port=PORT, VpcId="vpc-1", TargetType="ip",
            UnhealthyThresholdCount=3, **settings,
        )["TargetGroups"][0]["TargetGroupArn"]  # fmt: skip
        elb.modify_target_group_attributes(
            TargetGroupArn=made, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}]
        )
        listener = elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Port=80, Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "TargetGroupArn": made}],
        )["Listeners"][0]["ListenerArn"]  # fmt: skip
        return Web(f"http://{balancer['DNSName']}", balancer["LoadBalancerArn"], listener, made)

    def definition(self, *arguments: str, version: str = "v1", health: int = 200, **container: object) -> str:
        """A task definition of the test program; its ARN."""
        environment = {"PORT": str(PORT), "VERSION": version, "HEALTH": str(health)}
        made: str = self.ecs.register_task_definition(
            family=self.name, requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            containerDefinitions=[{
                "name": "app", "image": IMAGE, "entryPoint": ["python3", PROGRAM], "command": list(arguments),
                "environment": [{"name": name, "value": value} for name, value in environment.items()],
                "portMappings": [{"containerPort": PORT}], "stopTimeout": 5, **container,
            }],
        )["taskDefinition"]["taskDefinitionArn"]  # fmt: skip
        return made

    def create(self, definition: str, *, desired: int = 1, web: Web | None = None, **more: object) -> Record:
        """A service with breaker and rollback, behind a load balancer or not."""
        self.ecs.create_cluster(clusterName=self.name)
        balancers = [{"targetGroupArn": web.group, "containerName": "app", "containerPort": PORT}] if web else []
        settings: Record = {"deploymentConfiguration": {"deploymentCircuitBreaker": BREAKER}, **more}
        settings.setdefault("networkConfiguration", {"awsvpcConfiguration": {"subnets": ["subnet-1"]}})
        if web:
            settings.setdefault("healthCheckGracePeriodSeconds", GRACE)
        made: Record = self.ecs.create_service(
            cluster=self.name, serviceName="svc", taskDefinition=definition, desiredCount=desired,
            capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}], loadBalancers=balancers,
            **settings,
        )["service"]  # fmt: skip
        return made

    def update(self, **changes: object) -> Record:
        made: Record = self.ecs.update_service(cluster=self.name, service="svc", **changes)["service"]
        return made

    def service(self) -> Record:
        found: Record = self.ecs.describe_services(cluster=self.name, services=["svc"])["services"][0]
        return found

    def stable(self) -> Record:
        """The service once its one deployment is COMPLETED."""

        def look() -> Record | None:
            found = self.service()
            states = [row["rolloutState"] for row in found["deployments"]]
            return found if states == ["COMPLETED"] else None

        return until(look)

    def tasks(self, status: str = "RUNNING") -> list[Record]:
        arns = self.ecs.list_tasks(cluster=self.name, serviceName="svc", desiredStatus=status)["taskArns"]
        found: list[Record] = self.ecs.describe_tasks(cluster=self.name, tasks=arns)["tasks"] if arns else []
        return found

    def history(self) -> list[Record]:
        """The service deployments, newest first, described."""
        rows = self.ecs.list_service_deployments(cluster=self.name, service="svc")["serviceDeployments"]
        arns = [row["serviceDeploymentArn"] for row in rows]
        found = self.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]
        return sorted(found, key=lambda row: arns.index(row["serviceDeploymentArn"]))

    def status(self) -> str:
        """The status of the latest service deployment."""
        return str(self.history()[0]["status"])

    def messages(self) -> list[str]:
        return [event["message"] for event in self.service()["events"]]

    def run(self, definition: str, **more: object) -> Record:
        self.ecs.create_cluster(clusterName=self.name)
        made: Record = self.ecs.run_task(
            cluster=self.name, taskDefinition=definition,
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
            capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}], **more,
        )  # fmt: skip
        return made

    def ended(self, arn: str) -> Record:
        """A task once it is STOPPED."""

        def look() -> Record | None:
            task: Record = self.ecs.describe_tasks(cluster=self.name, tasks=[arn])["tasks"][0]
            return task if task["lastStatus"] == "STOPPED" else None

        return until(look)

    def health(self, web: Web) -> list[Record]:
        found = self.client("elbv2").describe_target_health(TargetGroupArn=web.group)["TargetHealthDescriptions"]
        return [row["TargetHealth"] for row in found]

    def remove(self) -> None:
        """Stop what the test left running."""
        for cluster in self.ecs.describe_clusters(clusters=[self.name])["clusters"]:
            for arn in self.ecs.list_services(cluster=cluster["clusterArn"])["serviceArns"]:
                self.ecs.delete_service(cluster=self.name, service=arn, force=True)

"""Clusters, task definitions, services and their scaling, from creation to destruction."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.sandbox.providers.stacks import Program, World

pytestmark = pytest.mark.engine

CLUSTER = "aws:ecs/cluster:Cluster"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"


def _containers(text: str) -> str:
    container = {
        "name": "web",
        "image": "hashicorp/http-echo",
        "command": ["-listen=:8000", f"-text={text}"],
        "portMappings": [{"containerPort": 8000}],
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
    }
    return json.dumps([container])


def _task(text: str, *, keep: bool = False, **options: Any) -> aws.ecs.TaskDefinition:
    return aws.ecs.TaskDefinition(
        "web",
        family="plugins-web",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        container_definitions=_containers(text),
        skip_destroy=keep,
        opts=pulumi.ResourceOptions(**options),
    )


def _scaling(cluster: aws.ecs.Cluster, service: aws.ecs.Service, most: int) -> None:
    target = aws.appautoscaling.Target(
        "web",
        min_capacity=1,
        max_capacity=most,
        resource_id=pulumi.Output.concat("service/", cluster.name, "/", service.name),
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace="ecs",
    )
    metric = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
        predefined_metric_type="ECSServiceAverageCPUUtilization"
    )
    aws.appautoscaling.Policy(
        "web",
        policy_type="TargetTrackingScaling",
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        service_namespace=target.service_namespace,
        target_tracking_scaling_policy_configuration=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
            target_value=60, scale_in_cooldown=300, predefined_metric_specification=metric
        ),
    )


def running(
    *,
    text: str = "one",
    keep: bool = False,
    count: int = 1,
    spot: int = 1,
    force: bool | None = None,
    breaker: bool = True,
    ignore: list[str] | None = None,
    most: int = 3,
) -> Program:
    def program() -> None:
        vpc = aws.ec2.Vpc("net", cidr_block="10.7.0.0/16")
        subnet = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.7.0.0/24", availability_zone="eu-west-1a")
        cluster = aws.ecs.Cluster(
            "dev", settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enabled")]
        )
        aws.ecs.ClusterCapacityProviders(
            "dev", cluster_name=cluster.name, capacity_providers=["FARGATE", "FARGATE_SPOT"]
        )
        strategies = [
            aws.ecs.ServiceCapacityProviderStrategyArgs(capacity_provider=name, weight=weight)
            for name, weight in (("FARGATE", 1), ("FARGATE_SPOT", spot))
        ]
        service = aws.ecs.Service(
            "web",
            name="plugins-web",
            cluster=cluster.arn,
            task_definition=_task(text, keep=keep).arn,
            desired_count=count,
            capacity_provider_strategies=strategies,
            force_new_deployment=force,
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=breaker, rollback=breaker),
            deployment_maximum_percent=200,
            deployment_minimum_healthy_percent=100,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(subnets=[subnet.id]),
            propagate_tags="SERVICE",
            opts=pulumi.ResourceOptions(ignore_changes=ignore),
        )
        _scaling(cluster, service, most)

    return program


def _live(stack: World) -> dict[str, Any]:
    cluster = stack.resource(CLUSTER, "dev")["id"]
    found: dict[str, Any] = stack.aws("ecs").describe_services(cluster=cluster, services=["plugins-web"])
    services: list[dict[str, Any]] = found["services"]
    return services[0]


def _primary(stack: World) -> str:
    """The id of the newest deployment."""
    deployments = {deployment["status"]: deployment["id"] for deployment in _live(stack)["deployments"]}
    return str(deployments["PRIMARY"])


def test_what_was_created_is_left_alone(stack: World) -> None:
    assert set(stack.preview(running()).done.values()) == {"create"}
    assert len(stack.up(running()).done) == 8
    assert stack.up(running()).diffs == {}
    assert stack.up(running(), refresh=True).diffs == {}


def test_ids_and_outputs_are_the_official_provider_s(stack: World) -> None:
    cluster, task, service = stack.resource(CLUSTER, "dev"), stack.resource(TASK, "web"), stack.resource(SERVICE, "web")
    assert cluster["id"] == cluster["outputs"]["arn"]
    assert task["id"] == "plugins-web"
    assert task["outputs"]["arn"] == f"{task['outputs']['arnWithoutRevision']}:{task['outputs']['revision']}"
    assert service["id"].endswith(f"service/{cluster['outputs']['name']}/plugins-web")
    assert "desiredCount" not in service["inputs"].get("__defaults", [])


def test_a_new_image_is_a_new_revision_and_an_update_of_the_service(stack: World) -> None:
    before = stack.outputs(TASK, "web")["arn"]
    steps = stack.up(running(text="two"))
    assert steps.done == {f"{TASK}::web": "create-replacement", f"{SERVICE}::web": "update"}
    assert steps.diffs[f"{SERVICE}::web"] == ["taskDefinition"]
    assert _live(stack)["taskDefinition"] == stack.outputs(TASK, "web")["arn"] != before
    old = stack.aws("ecs").describe_task_definition(taskDefinition=before)["taskDefinition"]
    assert old["status"] == "INACTIVE"


def test_skip_destroy_keeps_the_old_revision(stack: World) -> None:
    stack.up(running(text="two", keep=True))
    before = stack.outputs(TASK, "web")["arn"]
    stack.up(running(text="three", keep=True))
    old = stack.aws("ecs").describe_task_definition(taskDefinition=before)["taskDefinition"]
    assert old["status"] == "ACTIVE"


def test_only_what_changed_is_sent_so_that_no_deployment_starts(stack: World) -> None:
    before = _primary(stack)
    steps = stack.up(running(text="three", keep=True, breaker=False, most=5))
    assert steps.done == {f"{SERVICE}::web": "update", f"{TARGET}::web": "update"}
    assert _primary(stack) == before
    assert _live(stack)["deploymentConfiguration"]["deploymentCircuitBreaker"]["enable"] is False


def test_a_count_that_someone_else_set_stays_where_it_is_ignored(stack: World) -> None:
    stack.aws("ecs").update_service(cluster=stack.resource(CLUSTER, "dev")["id"], service="plugins-web", desiredCount=2)
    program = running(text="three", keep=True, breaker=True, most=5, ignore=["desiredCount"])
    steps = stack.up(program, refresh=True)
    assert steps.diffs == {f"{SERVICE}::web": ["deploymentCircuitBreaker"]}
    assert _live(stack)["desiredCount"] == 2


def test_a_refresh_shows_the_revision_that_runs(stack: World) -> None:
    old = stack.outputs(TASK, "web")["arn"]
    other = stack.aws("ecs").register_task_definition(
        family="plugins-other",
        cpu="256",
        memory="512",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=json.loads(_containers("other")),
    )["taskDefinition"]["taskDefinitionArn"]
    cluster = stack.resource(CLUSTER, "dev")["id"]
    stack.aws("ecs").update_service(cluster=cluster, service="plugins-web", taskDefinition=other)
    stack.refresh()
    assert stack.outputs(SERVICE, "web")["taskDefinition"] == other
    steps = stack.up(running(text="three", keep=True, most=5, ignore=["desiredCount"]))
    assert steps.diffs == {f"{SERVICE}::web": ["taskDefinition"]}
    assert _live(stack)["taskDefinition"] == old


def test_other_weights_are_another_service_unless_a_deployment_is_forced(stack: World) -> None:
    options: dict[str, Any] = {"text": "three", "keep": True, "most": 5, "ignore": ["desiredCount"]}
    planned = stack.preview(running(**options, spot=4))
    assert planned.done[f"{SERVICE}::web"] == "delete-replaced"
    steps = stack.up(running(**options, spot=4, force=True))
    assert steps.done == {f"{SERVICE}::web": "update"}
    weights = {item["capacityProvider"]: item["weight"] for item in _live(stack)["capacityProviderStrategy"]}
    assert weights == {"FARGATE": 1, "FARGATE_SPOT": 4}


def test_services_and_clusters_are_imported_by_name(stack: World) -> None:
    cluster = stack.outputs(CLUSTER, "dev")["name"]

    def program() -> None:
        found = aws.ecs.Cluster.get("found", cluster)
        aws.ecs.Service.get("found", f"{cluster}/plugins-web")
        pulumi.export("found", found.name)

    options: dict[str, Any] = {"text": "three", "keep": True, "most": 5, "ignore": ["desiredCount"], "spot": 4}

    def both() -> None:
        running(**options, force=True)()
        program()

    stack.up(both)
    assert stack.outputs(SERVICE, "found")["name"] == "plugins-web"


def test_a_destroyed_service_has_no_tasks_left(stack: World) -> None:
    cluster = stack.resource(CLUSTER, "dev")["id"]
    stack.destroy()
    ecs = stack.aws("ecs")
    assert [c for c in ecs.describe_clusters(clusters=[cluster])["clusters"] if c["status"] == "ACTIVE"] == []

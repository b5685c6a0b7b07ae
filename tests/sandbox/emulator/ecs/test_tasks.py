"""RunTask, ListTasks and task definitions as ECS has them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud, Web, until

pytestmark = pytest.mark.sandbox


def lines(cloud: Cloud, group: str) -> list[str]:
    events = cloud.client("logs").filter_log_events(logGroupName=group)["events"]
    return [event["message"] for event in events]


def logging_to(cloud: Cloud) -> tuple[str, dict[str, object]]:
    group = f"/ecs/{cloud.name}"
    cloud.client("logs").create_log_group(logGroupName=group)
    options = {"awslogs-group": group, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs"}
    return group, {"logDriver": "awslogs", "options": options}


def test_a_client_token_runs_one_task(cloud: Cloud) -> None:
    definition = cloud.definition("worker")
    first = cloud.run(definition, clientToken="once", startedBy="slipway/1")
    again = cloud.run(definition, clientToken="once", startedBy="slipway/1")
    assert [task["taskArn"] for task in again["tasks"]] == [task["taskArn"] for task in first["tasks"]]
    assert first["tasks"][0]["startedBy"] == "slipway/1"
    assert first["tasks"][0]["capacityProviderName"] == "FARGATE"
    with pytest.raises(ClientError, match="ConflictException"):
        cloud.run(definition, clientToken="once", startedBy="slipway/2")
    other = Cloud(cloud.endpoint, cloud.name + "b")
    elsewhere = other.run(definition, clientToken="once", startedBy="slipway/2")["tasks"][0]
    for cluster, task in ((cloud.name, first["tasks"][0]), (other.name, elsewhere)):
        cloud.ecs.stop_task(cluster=cluster, task=task["taskArn"])


def test_exit_codes_and_output_of_a_one_off_task(cloud: Cloud) -> None:
    group, logs = logging_to(cloud)
    definition = cloud.definition("print", "VERSION", version="one-off", logConfiguration=logs)
    ended = cloud.ended(cloud.run(definition)["tasks"][0]["taskArn"])
    assert (ended["stopCode"], ended["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0)
    assert until(lambda: lines(cloud, group)) == ["one-off"]
    failed = cloud.ended(cloud.run(cloud.definition("crash", "0", "3"))["tasks"][0]["taskArn"])
    assert failed["containers"][0]["exitCode"] == 3


def test_an_override_of_the_command_is_what_runs(cloud: Cloud) -> None:
    overrides = {"containerOverrides": [{"name": "app", "command": ["crash", "0", "4"]}]}
    ended = cloud.ended(cloud.run(cloud.definition("worker"), overrides=overrides)["tasks"][0]["taskArn"])
    assert ended["containers"][0]["exitCode"] == 4


def test_started_by_is_the_only_filter(cloud: Cloud) -> None:
    task = cloud.run(cloud.definition("worker"), startedBy="me")["tasks"][0]["taskArn"]
    listed = cloud.ecs.list_tasks
    assert listed(cluster=cloud.name, startedBy="me")["taskArns"] == [task]
    with pytest.raises(ClientError, match="only filter"):
        listed(cluster=cloud.name, startedBy="me", desiredStatus="STOPPED")
    cloud.ecs.stop_task(cluster=cloud.name, task=task)
    assert listed(cluster=cloud.name)["taskArns"] == []
    assert listed(cluster=cloud.name, family=cloud.name, desiredStatus="STOPPED")["taskArns"] == [task]


@pytest.mark.parametrize(("cpu", "memory"), [("256", "4096"), ("300", "512"), ("8192", "17408"), ("1024", "1024")])
def test_a_size_that_fargate_lacks_is_refused(cloud: Cloud, cpu: str, memory: str) -> None:
    with pytest.raises(ClientError, match="No Fargate configuration exists for given values"):
        cloud.ecs.register_task_definition(
            family=cloud.name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu=cpu,
            memory=memory,
            containerDefinitions=[{"name": "app", "image": "app"}],
        )


BESIDE = {"image": "agent", "essential": False}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"containerDefinitions": [{**BESIDE, "name": f"agent-{at}"} for at in range(10)]}, "up to 10 containers"),
        ({"volumes": [{"name": "writable-app-.cache"}]}, "Volume name contains invalid characters"),
        ({"volumes": [{"name": "one"}, {"name": "one"}]}, "Volume names must be unique"),
        ({"own": {"mountPoints": [{"sourceVolume": "none", "containerPath": "/tmp"}]}}, "Unknown volume 'none'"),
        (
            {
                "volumes": [{"name": "one"}, {"name": "two"}],
                "own": {"mountPoints": [{"sourceVolume": at, "containerPath": "/tmp"} for at in ("one", "two")]},
            },
            "Duplicate container path '/tmp'",
        ),
        (
            {
                "containerDefinitions": [
                    {**BESIDE, "name": "agent", "dependsOn": [{"containerName": "app", "condition": "HEALTHY"}]}
                ]
            },
            "requires that the dependent container has health checks",
        ),
        ({"own": {"dependsOn": [{"containerName": "app", "condition": "START"}]}}, "which is no other container"),
        (
            {
                "containerDefinitions": [{"name": "agent", "image": "agent"}],
                "own": {"dependsOn": [{"containerName": "agent", "condition": "SUCCESS"}]},
            },
            "which is essential",
        ),
        ({"containerDefinitions": [{**BESIDE, "name": "app"}]}, "must be unique"),
        ({"containerDefinitions": [{**BESIDE, "name": "a.b"}]}, "Container.name contains invalid characters"),
        ({"family": "dev.shop"}, "Family contains invalid characters"),
    ],
)
def test_a_definition_that_ecs_would_not_take_is_refused(cloud: Cloud, more: dict[str, Any], says: str) -> None:
    own = {"name": "app", "image": "app", **more.get("own", {})}
    beside = more.get("containerDefinitions", [])
    given = {key: value for key, value in more.items() if key not in {"own", "containerDefinitions"}}
    with pytest.raises(ClientError, match=says):
        cloud.ecs.register_task_definition(
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[own, *beside],
            **{"family": cloud.name, **given},
        )


def test_ten_containers_one_of_which_waits_for_a_check_are_taken(cloud: Cloud) -> None:
    health = {"command": ["CMD", "true"]}
    waits = [{"containerName": "app", "condition": "HEALTHY"}]
    point = {"sourceVolume": "writable_Tmp-1", "containerPath": "/tmp"}
    nine = [{**BESIDE, "name": f"agent-{at}", "dependsOn": waits} for at in range(9)]
    made = cloud.ecs.register_task_definition(
        family=cloud.name,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        volumes=[{"name": "writable_Tmp-1"}],
        containerDefinitions=[{"name": "app", "image": "app", "healthCheck": health, "mountPoints": [point]}, *nine],
    )
    assert len(made["taskDefinition"]["containerDefinitions"]) == 10


def test_what_does_not_exist_is_refused_not_made(cloud: Cloud) -> None:
    definition = cloud.definition("worker")
    with pytest.raises(ClientError, match="ClusterNotFoundException"):
        cloud.ecs.run_task(cluster="nowhere", taskDefinition=definition)
    with pytest.raises(ClientError, match="Unable to describe task definition"):
        cloud.run("nothing:1")
    group = definition.replace(":ecs:", ":elasticloadbalancing:").replace("task-definition", "targetgroup")
    with pytest.raises(ClientError, match="does not exist"):
        cloud.create(definition, web=Web(url="", balancer="", listener="", group=group))


def test_a_secret_is_resolved_by_key_and_version(cloud: Cloud) -> None:
    manager = cloud.client("secretsmanager")
    old = json.dumps({"TOKEN": "first"})
    secret = manager.create_secret(Name=cloud.name, SecretString=old, ClientRequestToken="1" * 32)
    manager.put_secret_value(SecretId=cloud.name, SecretString=json.dumps({"TOKEN": "second"}))
    group, logs = logging_to(cloud)
    for reference in ("TOKEN::" + "1" * 32, "TOKEN::", "TOKEN:AWSPREVIOUS:"):
        value = {"name": "TOKEN", "valueFrom": f"{secret['ARN']}:{reference}"}
        definition = cloud.definition("print", "TOKEN", secrets=[value], logConfiguration=logs)
        cloud.ended(cloud.run(definition)["tasks"][0]["taskArn"])
    assert until(lambda: len(lines(cloud, group)) == 3 and lines(cloud, group)) == ["first", "second", "first"]


@pytest.mark.parametrize("reference", ["MISSING::", "TOKEN::" + "9" * 32, "TOKEN:nolabel:"])
def test_a_secret_that_cannot_be_had_stops_the_task(cloud: Cloud, reference: str) -> None:
    arn = cloud.client("secretsmanager").create_secret(Name=cloud.name, SecretString='{"TOKEN": "hush"}')["ARN"]
    definition = cloud.definition("worker", secrets=[{"name": "TOKEN", "valueFrom": f"{arn}:{reference}"}])
    ended = cloud.ended(cloud.run(definition)["tasks"][0]["taskArn"])
    assert ended["stopCode"] == "TaskFailedToStart"
    assert ended["stoppedReason"].startswith("ResourceInitializationError: ")
    assert "hush" not in ended["stoppedReason"]
    assert "exitCode" not in ended["containers"][0]


def test_entry_point_and_working_directory_reach_the_program(cloud: Cloud) -> None:
    group, logs = logging_to(cloud)
    script = "import os; print(os.path.basename(os.getcwd()))"
    definition = cloud.definition(
        entryPoint=["python3", "-c", script], workingDirectory="/srv/here", logConfiguration=logs
    )
    cloud.ended(cloud.run(definition)["tasks"][0]["taskArn"])
    assert until(lambda: lines(cloud, group)) == ["here"]

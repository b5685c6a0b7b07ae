"""Rules of task definitions, against the sandbox's ECS."""

import pytest

from driver.adapters.aws.ecs.definitions import parse
from driver.adapters.aws.ecs.services import EcsServices
from driver.adapters.aws.session import Session

pytestmark = pytest.mark.sandbox

SECRET = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:dev/shop-AbCdEf"


def test_a_definition_says_whether_it_is_registered_and_which_config_versions_it_refers_to(session: Session) -> None:
    ecs = session.client("ecs")
    secrets = [
        {"name": "A", "valueFrom": f"{SECRET}:A::version-1"},
        {"name": "B", "valueFrom": f"{SECRET}:B::version-1"},
        {"name": "STAGE", "valueFrom": f"{SECRET}:STAGE:c7:"},
        {"name": "WHOLE", "valueFrom": SECRET},
        {"name": "PARAMETER", "valueFrom": "arn:aws:ssm:eu-west-1:000000000000:parameter/x"},
    ]
    arns = [
        ecs.register_task_definition(
            family="definitions",
            executionRoleArn="arn:aws:iam::000000000000:role/execution",
            containerDefinitions=[{"name": "app", "image": "none", "memory": 64, "secrets": secrets}],
        )["taskDefinition"]["taskDefinitionArn"]
        for _ in range(2)
    ]
    ecs.deregister_task_definition(taskDefinition=arns[0])
    unknown = arns[1].replace(":2", ":99")
    found = EcsServices(session, lambda: None).definitions([*arns, unknown])
    assert list(found) == arns
    assert [found[arn].active for arn in arns] == [False, True]
    assert found[arns[1]].configs == {"version-1"}


def test_one_that_was_deregistered_is_registered_again_with_all_that_it_said(session: Session) -> None:
    ecs = session.client("ecs")
    variables = [{"name": "SLIPWAY_RELEASE", "value": "v1"}, {"name": "B", "value": "2"}]
    secrets = [{"name": "A", "valueFrom": f"{SECRET}:A::version-1"}]
    body = {"name": "app", "image": "shop@sha256:1", "environment": variables, "secrets": secrets}
    asked = {
        "family": "again",
        "executionRoleArn": "arn:aws:iam::000000000000:role/execution",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "1024",
        "containerDefinitions": [body, {"name": "beside", "image": "proxy:1", "essential": False}],
        "tags": [{"key": "App", "value": "shop"}],
    }
    arn = ecs.register_task_definition(**asked)["taskDefinition"]["taskDefinitionArn"]
    ecs.deregister_task_definition(taskDefinition=arn)
    confirmed: list[bool] = []
    services = EcsServices(session, lambda: confirmed.append(True))
    again = services.register_again(arn)
    assert again != arn and confirmed == [True]
    found = services.definitions([arn, again])
    assert [found[one].active for one in (arn, again)] == [False, True]
    assert found[arn].content == found[again].content != ""
    assert (found[again].image, found[again].cpu, found[again].memory) == ("shop@sha256:1", 256, 1024)
    assert found[again].keys == {"A"}
    answer = ecs.describe_task_definition(taskDefinition=again, include=["TAGS"])
    assert answer["tags"] == asked["tags"]
    assert len(answer["taskDefinition"]["containerDefinitions"]) == 2


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"image": "shop@sha256:2"}, True),
        ({"secrets": [{"name": "A", "valueFrom": f"{SECRET}:A::version-2"}]}, True),
        ({"environment": [{"name": "SLIPWAY_RELEASE", "value": "v2"}]}, True),
        ({"environment": [{"name": "SLIPWAY_RELEASE", "value": "v1"}, {"name": "SLIPWAY_COMMIT", "value": "c"}]}, True),
        ({"environment": [{"name": "DEBUG_SQL", "value": "1"}]}, False),
        ({"memoryReservation": 128}, False),
        ({"command": ["sleep", "1"]}, False),
        ({"secrets": [{"name": "A", "valueFrom": f"{SECRET.replace('shop', 'till')}:A::version-1"}]}, False),
    ],
)
def test_what_a_release_brings_is_no_part_of_how_a_task_is_set_up(change: dict[str, object], same: bool) -> None:
    body = {
        "name": "app",
        "image": "shop@sha256:1",
        "environment": [{"name": "SLIPWAY_RELEASE", "value": "v1"}],
        "secrets": [{"name": "A", "valueFrom": f"{SECRET}:A::version-1"}],
    }
    rows = [{"status": "ACTIVE", "containerDefinitions": [one]} for one in (body, body | change)]
    first, second = map(parse, rows)
    assert (first.setup == second.setup) is same
    assert first.content != second.content

"""Rules of task definitions, against the sandbox's ECS."""

import pytest

from driver.adapters.ecs_services import EcsServices
from driver.adapters.session import Session

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

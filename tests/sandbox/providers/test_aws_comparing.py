"""When two values are the same to AWS, and what a difference leads to."""

import json

import pytest

from sandbox.providers.aws.checking import FILLED
from sandbox.providers.aws.comparing import as_written, same
from sandbox.providers.aws.diffing import compare
from sandbox.providers.aws.resources import row_of
from sandbox.providers.values import UNKNOWN, Properties

VPC = row_of("aws:ec2/vpc:Vpc")
TASK = row_of("aws:ecs/taskDefinition:TaskDefinition")
SERVICE = row_of("aws:ecs/service:Service")
REPOSITORY = row_of("aws:ecr/repository:Repository")
LISTENER = row_of("aws:lb/listener:Listener")
POLICY = row_of("aws:iam/rolePolicy:RolePolicy")


def test_policies_are_compared_as_json() -> None:
    one = '{"Statement":[{"Effect":"Allow","Action":["s3:Get*"],"Resource":"*"}],"Version":"2012-10-17"}'
    two = json.dumps(
        json.loads('{"Version":"2012-10-17","Statement":{"Resource":"*","Action":"s3:Get*","Effect":"Allow"}}'),
        indent=2,
    )
    assert same(POLICY, "policy", one, two)
    assert not same(POLICY, "policy", one, two.replace("Allow", "Deny"))


def _container(**more: object) -> str:
    return json.dumps([{"name": "web", "image": "x", "command": ["a", "b"], **more}])


def test_what_ecs_fills_into_a_container_is_no_difference() -> None:
    filled = _container(
        cpu=0, essential=True, mountPoints=[], portMappings=[{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    )
    assert same(TASK, "containerDefinitions", _container(portMappings=[{"containerPort": 80}]), filled)


def test_the_order_of_variables_is_no_difference_and_that_of_a_command_is() -> None:
    variables = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    one, two = _container(environment=variables), _container(environment=variables[::-1])
    assert same(TASK, "containerDefinitions", one, two)
    assert not same(TASK, "containerDefinitions", _container(), _container(command=["b", "a"]))
    assert not same(TASK, "containerDefinitions", _container(), _container(essential=False))


def test_a_task_definition_may_be_written_with_or_without_its_arn() -> None:
    arn = "arn:aws:ecs:eu-west-1:000000000000:task-definition/web:7"
    assert same(SERVICE, "taskDefinition", "web:7", arn)
    assert not same(SERVICE, "taskDefinition", "web:8", arn)


def test_sets_have_no_order_and_actions_have_one() -> None:
    network = {"subnets": ["b", "a"]}
    assert same(SERVICE, "networkConfiguration", network, {"subnets": ["a", "b"], "assignPublicIp": False})
    actions = [{"type": "authenticate-oidc"}, {"type": "forward", "targetGroupArn": "a"}]
    assert not same(LISTENER, "defaultActions", actions, actions[::-1])


def test_a_forward_may_be_written_in_two_ways() -> None:
    plain = [{"type": "forward", "targetGroupArn": "a"}]
    long = [{"type": "forward", "order": 1, "forward": {"targetGroups": [{"arn": "a"}]}}]
    assert same(LISTENER, "defaultActions", plain, long)


def test_aws_s_own_fields_in_an_object_are_no_drift_and_a_tag_is() -> None:
    group = row_of("aws:lb/targetGroup:TargetGroup")
    written, live = {"path": "/"}, {"path": "/", "interval": 30, "protocol": "HTTP"}
    assert as_written(group, "healthCheck", written, live) == written
    assert as_written(group, "healthCheck", written, {**live, "path": "/x"}) == {"path": "/x"}
    assert as_written(group, "tags", {"a": "1"}, {"a": "1", "b": "2"}) == {"a": "1", "b": "2"}


def test_an_input_that_aws_fills_in_can_be_left_out_again() -> None:
    found = compare(VPC, {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True}, {"cidrBlock": "10.0.0.0/16"})
    assert found.all == frozenset()


def test_what_an_update_will_only_know_is_a_change() -> None:
    found = compare(SERVICE, {"taskDefinition": "web:1"}, {"taskDefinition": UNKNOWN})
    assert (found.updated, found.replaces) == (frozenset({"taskDefinition"}), frozenset())


def test_the_old_one_goes_first_where_the_program_gave_its_name() -> None:
    kms, given = {"encryptionConfigurations": [{"encryptionType": "KMS"}]}, {"name": "shop"}
    assert compare(REPOSITORY, given, {**given, **kms, FILLED: []}).deletes_first
    assert not compare(REPOSITORY, {**given, FILLED: ["name"]}, {**given, **kms, FILLED: ["name"]}).deletes_first


@pytest.mark.parametrize(
    ("old", "new", "forced", "replaced"),
    [(1, 2, None, True), (1, 2, True, False), (1, None, True, True), (None, 2, True, True), (1, 1, None, False)],
)
def test_another_capacity_provider_strategy_is_another_service_unless_forced(
    old: int | None, new: int | None, forced: bool | None, replaced: bool
) -> None:
    def inputs(weight: int | None) -> Properties:
        return {"capacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": weight}] if weight else []}

    found = compare(SERVICE, inputs(old), {**inputs(new), "forceNewDeployment": forced})
    assert ("capacityProviderStrategies" in found.replaces) == replaced

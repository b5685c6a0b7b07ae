"""What the stand-in aws plugin refuses, outlasts and answers, on the real engine."""

import os
import signal
import threading
import time
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from sandbox.faults import client as faults
from tests.sandbox.providers.stacks import World

# Programs that fail leave their event loops to the garbage collector.
pytestmark = [pytest.mark.engine, pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")]

GROUP = "aws:lb/targetGroup:TargetGroup"


def _one_vpc() -> None:
    aws.ec2.Vpc("net", cidr_block="10.6.0.0/16")


def test_a_type_that_is_not_in_the_table_is_named(stack: World) -> None:
    said = stack.refused(lambda: aws.glacier.Vault("old") and None, preview=True)
    assert "sandbox: resource type aws:glacier/vault:Vault is not in the stand-in provider's table" in said


def test_a_function_that_is_not_in_the_table_is_named(stack: World) -> None:
    said = stack.refused(lambda: pulumi.export("ip", aws.get_ip_ranges(services=["s3"]).create_date), preview=True)
    assert "sandbox: function aws:index/getIpRanges:getIpRanges is not in the stand-in provider's table" in said


def test_an_input_that_the_official_provider_does_not_have_is_named(stack: World) -> None:
    class Vpc(pulumi.CustomResource):
        def __init__(self) -> None:
            super().__init__("aws:ec2/vpc:Vpc", "net", {"cidrBlok": "10.6.0.0/16", "tags": ["a"]})

    said = stack.refused(lambda: Vpc() and None, preview=True)
    assert "aws:ec2/vpc:Vpc: cidrBlok: there is no such property" in said
    assert "aws:ec2/vpc:Vpc: tags: expected an object, got a list" in said


def test_an_input_that_would_be_ignored_is_named(stack: World) -> None:
    said = stack.refused(
        lambda: aws.ec2.Vpc("net", cidr_block="10.6.0.0/16", assign_generated_ipv6_cidr_block=True) and None,
        preview=True,
    )
    assert "stand-in provider does nothing with this input: assignGeneratedIpv6CidrBlock" in said


def test_a_required_input_that_is_missing_is_named(stack: World) -> None:
    class Subnet(pulumi.CustomResource):
        def __init__(self) -> None:
            super().__init__("aws:ec2/subnet:Subnet", "one", {"cidrBlock": "10.6.0.0/24"})

    said = stack.refused(lambda: Subnet() and None, preview=True)
    assert "aws:ec2/subnet:Subnet: missing required property 'vpcId'" in said


def test_an_error_of_aws_names_type_operation_and_code(stack: World) -> None:
    said = stack.refused(
        lambda: (
            aws.ec2.Route("one", route_table_id="rtb-0", destination_cidr_block="0.0.0.0/0", gateway_id="igw-0")
            and None
        ),
    )
    assert "creating aws:ec2/route:Route 'one': CreateRoute: InvalidRouteTableID.NotFound" in said


def test_functions_answer(stack: World) -> None:
    def program() -> None:
        pulumi.export("zones", aws.get_availability_zones(state="available").names)
        pulumi.export("account", aws.get_caller_identity().account_id)
        pulumi.export("region", aws.get_region().region)
        pulumi.export("partition", aws.get_partition().partition)

    stack.up(program)
    outputs = {name: output.value for name, output in stack.stack.outputs().items()}
    assert outputs["zones"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert (outputs["account"], outputs["region"], outputs["partition"]) == ("000000000000", "eu-west-1", "aws")


def test_throttling_and_server_errors_are_outlasted(stack: World) -> None:
    endpoint = stack.variables["AWS_ENDPOINT_URL"]
    faults.add(endpoint, faults.parse(kind="throttle", service="ec2", operation="CreateVpc", count=2))
    faults.add(endpoint, faults.parse(kind="error", service="ec2", operation="DescribeVpcs", count=1))
    assert stack.up(_one_vpc).done == {"aws:ec2/vpc:Vpc::net": "create"}
    assert faults.standing(endpoint) == []


def test_what_was_made_before_a_failure_is_kept_and_finished(stack: World) -> None:
    def group(delay: int, *, sticky: bool) -> None:
        cookie = aws.lb.TargetGroupStickinessArgs(type="lb_cookie", enabled=sticky)
        vpc = aws.ec2.Vpc("net", cidr_block="10.6.0.0/16")
        aws.lb.TargetGroup(
            "web", port=80, protocol="HTTP", vpc_id=vpc.id, deregistration_delay=delay, stickiness=cookie
        )

    # The sandbox's balancer has no stickiness, and says so after the group was made.
    assert "stickiness.enabled" in stack.refused(lambda: group(20, sticky=True))
    made = stack.resource(GROUP, "web")
    assert made["initErrors"]
    stack.up(lambda: group(20, sticky=False))
    finished = stack.resource(GROUP, "web")
    assert finished["id"] == made["id"]
    assert finished["outputs"]["deregistrationDelay"] == 20
    listed = stack.aws("elbv2").describe_target_group_attributes(TargetGroupArn=made["id"])["Attributes"]
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "20"} in listed


def test_tags_of_the_provider_are_on_every_resource(stack: World) -> None:
    def program(by: str) -> None:
        tags = aws.ProviderDefaultTagsArgs(tags={"By": by})
        provider = aws.Provider("tagged", region="eu-west-1", default_tags=tags)
        aws.ec2.Vpc("tagged", tags={"Own": "1"}, opts=pulumi.ResourceOptions(provider=provider))

    stack.up(lambda: program("one"))
    assert stack.outputs("aws:ec2/vpc:Vpc", "tagged")["tagsAll"] == {"By": "one", "Own": "1"}
    assert stack.up(lambda: program("one"), refresh=True).diffs == {}
    stack.up(lambda: program("two"))
    live = stack.aws("ec2").describe_vpcs(VpcIds=[stack.resource("aws:ec2/vpc:Vpc", "tagged")["id"]])["Vpcs"][0]
    assert {tag["Key"]: tag["Value"] for tag in live["Tags"]} == {"By": "two", "Own": "1"}


def _children(pid: int) -> dict[int, str]:
    """Command lines of a process's children, by id."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rsplit(")", 1)[1].split()[1])
            if parent == pid:
                found[int(status.parent.name)] = (status.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def _child(pid: int, word: str) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for child, command in _children(pid).items():
            if word in command:
                return child
        time.sleep(0.05)
    raise AssertionError(f"no {word} under {pid}")


def test_a_killed_engine_leaves_no_plugin(stack: World) -> None:
    endpoint = stack.variables["AWS_ENDPOINT_URL"]
    faults.add(endpoint, faults.parse(kind="delay", service="ec2", operation="CreateVpc", count=1, delay=20))
    said: list[str] = []
    other = threading.Thread(
        target=lambda: said.append(stack.refused(lambda: aws.ec2.Vpc("slow", cidr_block="10.5.0.0/16") and None))
    )
    other.start()
    engine = _child(os.getpid(), " up ")
    plugin = _child(engine, "sandbox.providers.aws ")
    os.kill(engine, signal.SIGKILL)
    other.join(30)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{plugin}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{plugin}").exists()
    assert said
    faults.clear(endpoint)
    stack.stack.cancel()


def test_a_repository_is_looked_up_by_name(stack: World) -> None:
    made = stack.aws("ecr").create_repository(repositoryName="dev/shop", imageTagMutability="IMMUTABLE")["repository"]

    def program() -> None:
        found = aws.ecr.get_repository_output(name="dev/shop")
        pulumi.export("url", found.repository_url)
        pulumi.export("arn", found.arn)
        pulumi.export("mutability", found.image_tag_mutability)

    stack.up(program)
    outputs = {name: output.value for name, output in stack.stack.outputs().items()}
    assert outputs == {"url": made["repositoryUri"], "arn": made["repositoryArn"], "mutability": "IMMUTABLE"}


def test_a_repository_that_is_not_there_is_named(stack: World) -> None:
    said = stack.refused(lambda: pulumi.export("url", aws.ecr.get_repository_output(name="dev/none").arn), preview=True)
    assert "dev/none" in said

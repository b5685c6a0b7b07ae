"""Load balancers and target groups as the control plane keeps them."""

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud, until

pytestmark = pytest.mark.sandbox


def test_creating_the_same_twice_succeeds_and_something_else_does_not(cloud: Cloud) -> None:
    elb = cloud.client("elbv2")
    group = {"Name": cloud.name, "Protocol": "HTTP", "VpcId": "vpc-1", "TargetType": "ip"}
    first = elb.create_target_group(**group, Port=80)["TargetGroups"][0]
    assert elb.create_target_group(**group, Port=80)["TargetGroups"][0]["TargetGroupArn"] == first["TargetGroupArn"]
    with pytest.raises(ClientError, match="DuplicateTargetGroupName"):
        elb.create_target_group(**group, Port=81)
    made = elb.create_load_balancer(Name=cloud.name, Subnets=["subnet-1"])["LoadBalancers"][0]
    again = elb.create_load_balancer(Name=cloud.name, Subnets=["subnet-1"])["LoadBalancers"][0]
    assert (made["LoadBalancerArn"], made["DNSName"]) == (again["LoadBalancerArn"], again["DNSName"])
    with pytest.raises(ClientError, match="DuplicateLoadBalancerName"):
        elb.create_load_balancer(Name=cloud.name, Subnets=["subnet-2"])


@pytest.mark.parametrize("name", ["a" * 33, "-a", "a-", "internal-a", "a_b"])
def test_names_that_aws_refuses_are_refused(cloud: Cloud, name: str) -> None:
    elb = cloud.client("elbv2")
    with pytest.raises(ClientError, match="ValidationError"):
        elb.create_load_balancer(Name=name, Subnets=["subnet-1"])
    with pytest.raises(ClientError, match="ValidationError"):
        elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId="vpc-1")


def test_all_attributes_are_there_with_their_defaults(cloud: Cloud) -> None:
    web, elb = cloud.web(), cloud.client("elbv2")
    rows = elb.describe_load_balancer_attributes(LoadBalancerArn=web.balancer)["Attributes"]
    values = {row["Key"]: row["Value"] for row in rows}
    assert values["routing.http.desync_mitigation_mode"] == "defensive"
    assert values["client_keep_alive.seconds"] == "3600"
    changed = elb.modify_load_balancer_attributes(
        LoadBalancerArn=web.balancer, Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "30"}]
    )["Attributes"]
    assert {row["Key"]: row["Value"] for row in changed} == {**values, "idle_timeout.timeout_seconds": "30"}
    group = elb.describe_target_group_attributes(TargetGroupArn=web.group)["Attributes"]
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "20"} in group
    assert {"Key": "load_balancing.algorithm.type", "Value": "round_robin"} in group
    with pytest.raises(ClientError, match="InvalidConfigurationRequest"):
        elb.modify_target_group_attributes(TargetGroupArn=web.group, Attributes=[{"Key": "speed", "Value": "9"}])


def test_a_group_in_use_and_a_protected_balancer_stay(cloud: Cloud) -> None:
    web, elb = cloud.web(), cloud.client("elbv2")
    assert elb.describe_target_groups(TargetGroupArns=[web.group])["TargetGroups"][0]["LoadBalancerArns"] == [
        web.balancer
    ]
    with pytest.raises(ClientError, match="ResourceInUse"):
        elb.delete_target_group(TargetGroupArn=web.group)
    protection = {"Key": "deletion_protection.enabled", "Value": "true"}
    elb.modify_load_balancer_attributes(LoadBalancerArn=web.balancer, Attributes=[protection])
    with pytest.raises(ClientError, match="deletion protection is enabled"):
        elb.delete_load_balancer(LoadBalancerArn=web.balancer)
    elb.modify_load_balancer_attributes(LoadBalancerArn=web.balancer, Attributes=[{**protection, "Value": "false"}])
    elb.delete_load_balancer(LoadBalancerArn=web.balancer)
    assert elb.describe_target_groups(TargetGroupArns=[web.group])["TargetGroups"][0]["LoadBalancerArns"] == []
    elb.delete_target_group(TargetGroupArn=web.group)


def test_a_group_is_of_one_load_balancer(cloud: Cloud) -> None:
    web, elb = cloud.web(), cloud.client("elbv2")
    other = elb.create_load_balancer(Name=f"{cloud.name}-b", Subnets=["subnet-1"])["LoadBalancers"][0]
    to_group = [{"Type": "forward", "TargetGroupArn": web.group}]
    nobody = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    asked = {"LoadBalancerArn": other["LoadBalancerArn"], "Protocol": "HTTP"}
    with pytest.raises(ClientError, match="cannot be associated with more than one load balancer"):
        elb.create_listener(**asked, Port=9080, DefaultActions=to_group)
    listener = elb.create_listener(**asked, Port=9080, DefaultActions=nobody)["Listeners"][0]["ListenerArn"]
    with pytest.raises(ClientError, match="TargetGroupAssociationLimit"):
        elb.modify_listener(ListenerArn=listener, DefaultActions=to_group)
    rule = {"Priority": 5, "Conditions": [{"Field": "path-pattern", "Values": ["/a"]}]}
    with pytest.raises(ClientError, match="TargetGroupAssociationLimit"):
        elb.create_rule(ListenerArn=listener, **rule, Actions=to_group)
    made = elb.create_rule(ListenerArn=listener, **rule, Actions=nobody)["Rules"][0]["RuleArn"]
    with pytest.raises(ClientError, match="TargetGroupAssociationLimit"):
        elb.modify_rule(RuleArn=made, Actions=to_group)
    own = elb.describe_listeners(LoadBalancerArn=web.balancer)["Listeners"][0]["ListenerArn"]
    elb.create_rule(ListenerArn=own, **rule, Actions=to_group)


def test_targets_say_why_they_get_no_requests(cloud: Cloud) -> None:
    elb = cloud.client("elbv2")
    unused = elb.create_target_group(Name=cloud.name, Protocol="HTTP", Port=9, VpcId="vpc-1", TargetType="ip")
    group = unused["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1"}])

    def health() -> tuple[str, str]:
        row = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]["TargetHealth"]
        return row["State"], row.get("Reason", "")

    until(lambda: health() == ("unused", "Target.NotInUse"))
    balancer = elb.create_load_balancer(Name=cloud.name, Subnets=["subnet-1"])["LoadBalancers"][0]["LoadBalancerArn"]
    action = {"Type": "forward", "TargetGroupArn": group}
    elb.create_listener(LoadBalancerArn=balancer, Port=80, Protocol="HTTP", DefaultActions=[action])
    until(lambda: health() == ("unhealthy", "Target.FailedHealthChecks"))
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1"}])
    assert health() == ("draining", "Target.DeregistrationInProgress")


def test_a_service_needs_a_group_that_a_load_balancer_uses(cloud: Cloud) -> None:
    web = cloud.web()
    cloud.client("elbv2").delete_listener(ListenerArn=web.listener)
    with pytest.raises(ClientError, match="does not have an associated load balancer"):
        cloud.create(cloud.definition("web"), web=web)


def test_a_balancer_is_in_the_zones_and_the_vpc_of_its_subnets(cloud: Cloud) -> None:
    ec2, elb = cloud.client("ec2"), cloud.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = {
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"][
            "SubnetId"
        ]: f"eu-west-1{zone}"
        for number, zone in enumerate("bc")
    }
    elb.create_load_balancer(Name=cloud.name, Subnets=list(subnets))
    found = elb.describe_load_balancers(Names=[cloud.name])["LoadBalancers"][0]
    assert found["VpcId"] == vpc
    assert {row["SubnetId"]: row["ZoneName"] for row in found["AvailabilityZones"]} == subnets
    group = {"Name": cloud.name, "Protocol": "HTTP", "Port": 80, "VpcId": vpc}
    assert elb.create_target_group(**group)["TargetGroups"][0]["ProtocolVersion"] == "HTTP1"
    with pytest.raises(ClientError, match="ProtocolVersion can only be HTTP1"):
        elb.create_target_group(**{**group, "Name": "grpc"}, ProtocolVersion="GRPC")

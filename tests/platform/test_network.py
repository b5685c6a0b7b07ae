"""The network: each zone goes out by its own NAT, endpoints stand in every zone, and who talks is written down."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from driver.errors import ExitCode
from tests.platform.conftest import Whole
from tests.projects import edited

pytestmark = pytest.mark.engine

ZONES = ["eu-west-1a", "eu-west-1b"]
THIRD = {"zones": [*ZONES, "eu-west-1c"]}


def test_each_private_subnet_goes_out_by_the_nat_gateway_of_its_own_zone(whole: Whole) -> None:
    ec2 = whole.aws("ec2")
    private = [{"Name": "tag:SubnetType", "Values": ["Private"]}]
    zones = {row["SubnetId"]: row["AvailabilityZone"] for row in ec2.describe_subnets()["Subnets"]}
    nats = {row["NatGatewayId"]: zones[row["SubnetId"]] for row in ec2.describe_nat_gateways()["NatGateways"]}
    found = []
    for subnet in ec2.describe_subnets(Filters=private)["Subnets"]:
        named = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
        (table,) = ec2.describe_route_tables(Filters=named)["RouteTables"]
        (nat,) = [row["NatGatewayId"] for row in table["Routes"] if row.get("NatGatewayId")]
        found.append((subnet["AvailabilityZone"], nats[nat]))
    assert sorted(found) == [(zone, zone) for zone in ZONES for _tier in range(2)]


def test_tasks_run_in_every_tier_and_load_balancers_in_the_first(whole: Whole) -> None:
    tiers = {row["id"]: row["inputs"]["cidrBlock"] for row in whole.of_type("aws:ec2/subnet:Subnet").values()}
    places = whole.of_type("aws:ecs/service:Service")["shop.worker"]["inputs"]["networkConfiguration"]["subnets"]
    blocks = sorted(tiers[subnet].split(".")[0] for subnet in places)
    assert blocks == ["10", "10", "100", "100"]
    for balancer in whole.of_type("aws:lb/loadBalancer:LoadBalancer").values():
        assert {tiers[subnet].split(".")[0] for subnet in balancer["inputs"]["subnets"]} == {"10"}


def test_private_route_tables_lead_to_s3_and_dynamodb_and_interfaces_stand_in_each_zone(whole: Whole) -> None:
    endpoints = {name: row["inputs"] for name, row in whole.of_type("aws:ec2/vpcEndpoint:VpcEndpoint").items()}
    gateways = {name: row for name, row in endpoints.items() if row["vpcEndpointType"] == "Gateway"}
    assert {row["serviceName"].rsplit(".", 1)[-1] for row in gateways.values()} == {"s3", "dynamodb"}
    assert {len(row["routeTableIds"]) for row in gateways.values()} == {len(ZONES)}
    interfaces = [row for name, row in endpoints.items() if name not in gateways]
    assert len(interfaces) == 4
    assert {(len(row["subnetIds"]), row["privateDnsEnabled"]) for row in interfaces} == {(len(ZONES), True)}


def test_flow_logs_are_written_by_a_role_that_can_write_there_only(whole: Whole) -> None:
    (flow_log,) = whole.aws("ec2").describe_flow_logs()["FlowLogs"]
    assert (flow_log["TrafficType"], flow_log["FlowLogStatus"]) == ("REJECT", "ACTIVE")
    group = whole.of_type("aws:cloudwatch/logGroup:LogGroup")["dev.flow-logs"]["outputs"]
    assert (flow_log["LogDestination"], group["retentionInDays"]) == (group["arn"], 7)
    role = whole.of_type("aws:iam/role:Role")["dev.flow-logs"]["outputs"]
    assert flow_log["DeliverLogsPermissionArn"] == role["arn"]
    leave = json.loads(whole.of_type("aws:iam/rolePolicy:RolePolicy")["dev.flow-logs"]["inputs"]["policy"])
    writing = [row["Resource"] for row in leave["Statement"] if row["Action"] != ["logs:DescribeLogGroups"]]
    assert writing == [[f"{group['arn']}:*"]]


@pytest.mark.parametrize(
    ("command", "change", "sentence"),
    [
        (("up", "dev", "--yes"), THIRD, "network/zones: 3 zones divide 10.0.0.0/16 in another way"),
        (("preview", "dev"), {"cidr": "10.8.0.0/16"}, "network/cidr: 10.8.0.0/16 would replace the VPC of dev"),
        (("up", "dev", "--yes"), {"private_mask": 19}, "network/private_mask: 19 would replace the subnet"),
        (("preview", "dev"), {"tiers": [{"cidr": "100.64.0.0/16", "mask": 18}]}, "network/tiers: 100.64.0.0/16 with"),
    ],
)
def test_an_address_plan_that_would_move_a_subnet_is_refused_before_anything_changes(
    whole: Whole, tmp_path: Path, command: tuple[str, ...], change: dict[str, Any], sentence: str
) -> None:
    before, project = whole.state(), shutil.copytree(whole.project, tmp_path / "project")
    with edited(project / "Pulumi.dev.yaml") as stack:
        stack["slipway:network"].update(change)
    done = whole.slipway(*command, project=project)
    assert done.returncode == ExitCode.INVALID_INPUT, done.stderr
    assert sentence in done.stderr
    assert whole.state() == before

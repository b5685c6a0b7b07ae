"""Service Quotas and what is used of them, against the sandbox."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from driver.adapters.aws.quotas.service_quotas import ServiceQuotas
from driver.adapters.aws.session import Session
from driver.core.account.quotas import Usage
from driver.errors import NotReady
from model.settings.parse import parse
from model.sizing.quotas import QUOTAS, Key, Quota
from sandbox import quotas

pytestmark = pytest.mark.sandbox

BY_KEY = {quota.key: quota for quota in QUOTAS}
SETTINGS = parse(
    "quotatest",
    "eu-west-1",
    {"apps": {"shop": {"processes": {"worker": {}}}}, "network": {"zones": ["eu-west-1a", "eu-west-1b"]}},
)


@pytest.fixture
def port(session: Session) -> ServiceQuotas:
    return ServiceQuotas("eu-west-1")


def change(session: Session, quota: Quota, **what: float) -> None:
    endpoint = session.client("ecs").meta.endpoint_url
    quotas.change(endpoint, "us-east-1" if quota.world else "eu-west-1", quota.service, quota.code or "", **what)


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.key.value)
def test_every_quota_is_found_where_it_has_no_applied_value(port: ServiceQuotas, quota: Quota) -> None:
    found = port.limit(quota)
    assert found.value > 0
    assert quota.code in {None, found.code}


def test_an_applied_value_wins_over_the_default(port: ServiceQuotas, session: Session) -> None:
    assert port.limit(BY_KEY[Key.NATS]).value == 5
    change(session, BY_KEY[Key.NATS], value=7)
    assert port.limit(BY_KEY[Key.NATS]).value == 7


def test_a_quota_without_regions_is_asked_for_where_it_is_known(port: ServiceQuotas) -> None:
    assert port.limit(BY_KEY[Key.ROLES]).value == 1000
    with pytest.raises(NotReady, match="knows no quota iam L-FE177D64"):
        port.limit(replace(BY_KEY[Key.ROLES], world=False))


def test_a_code_that_aws_names_otherwise_is_an_error_with_both_names(port: ServiceQuotas) -> None:
    wrong = replace(BY_KEY[Key.VPCS], code="L-A4707A72")
    with pytest.raises(NotReady, match=r"'VPCs per Region', and AWS names it 'Internet gateways per Region'"):
        port.limit(wrong)


def test_a_name_that_aws_does_not_know_is_an_error(port: ServiceQuotas) -> None:
    with pytest.raises(NotReady, match="knows no quota 'Tasks per moon' of ecs"):
        port.limit(replace(BY_KEY[Key.TASKS], names=("Tasks per moon",)))


def test_what_aws_counts_itself_comes_with_the_quota(port: ServiceQuotas, session: Session) -> None:
    assert port.limit(BY_KEY[Key.SPOT]).used is None
    change(session, BY_KEY[Key.SPOT], usage=3.5)
    assert port.limit(BY_KEY[Key.SPOT]).used == 3.5


def test_a_request_is_pending_until_aws_decides_and_a_second_one_is_refused(
    port: ServiceQuotas, session: Session
) -> None:
    quota, code = BY_KEY[Key.SUBNETS], "L-407747CB"
    assert port.pending(quota, code) is None
    assert port.request(quota, code, 300)
    assert port.pending(quota, code) == 300
    with pytest.raises(NotReady, match=r"takes no request for Subnets per VPC.*Only one open"):
        port.request(quota, code, 400)
    change(session, quota, value=300)
    assert port.pending(quota, code) is None


@pytest.fixture
def vpc(session: Session) -> Iterator[str]:
    ec2 = session.client("ec2")
    made = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=made, CidrBlock="10.77.0.0/24", AvailabilityZone="eu-west-1a")["Subnet"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet["SubnetId"], AllocationId=address)["NatGateway"]
    group = ec2.create_security_group(GroupName="quota", Description="-", VpcId=made)["GroupId"]
    sources = [{"CidrIp": f"10.{at}.0.0/16"} for at in range(7)]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": sources}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    yield made
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    ec2.release_address(AllocationId=address)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=made)


def test_what_is_ours_is_told_apart_from_what_others_use(port: ServiceQuotas, vpc: str) -> None:
    others, mine = port.usage(SETTINGS, None), port.usage(SETTINGS, vpc)
    for key in (Key.VPCS, Key.NATS, Key.ADDRESSES):
        assert (others[key].ours, mine[key].ours) == (0, 1), key
        assert others[key].total == mine[key].total >= 1, key
    assert mine[Key.RULES] == Usage(7, 7)
    assert (mine[Key.SUBNETS], mine[Key.BLOCKS]) == (Usage(1, 1), Usage(1, 1))
    assert Key.SUBNETS not in others


def test_secrets_and_roles_are_ours_by_their_exact_names(port: ServiceQuotas, session: Session) -> None:
    secrets = session.client("secretsmanager")
    for name in ("quotatest/shop", "quotatest/shop-two"):
        secrets.create_secret(Name=name)
    assert port.usage(SETTINGS, None)[Key.SECRETS].ours == 1
    for name in ("quotatest/shop", "quotatest/shop-two"):
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

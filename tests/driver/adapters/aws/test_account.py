"""Rules of what the account says of itself, against the sandbox."""

import uuid
from collections.abc import Iterator

import pytest

from driver.adapters.aws.account import AwsAccount
from driver.adapters.aws.session import Session
from driver.errors import Unreachable

pytestmark = pytest.mark.sandbox


@pytest.fixture
def alarms(session: Session) -> Iterator[str]:
    """Three alarms of one prefix, of which the first is in ALARM, and one of them composite; their prefix."""
    prefix, client = f"dev-{uuid.uuid4().hex[:6]}-", session.client("cloudwatch")
    for name in ("one", "two"):
        client.put_metric_alarm(
            AlarmName=f"{prefix}{name}", MetricName="m", Namespace="n", Statistic="Sum", Period=60,
            EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="breaching" if name == "one" else "notBreaching",
        )  # fmt: skip
        client.set_alarm_state(AlarmName=f"{prefix}{name}", StateValue="OK", StateReason="the test")
    client.set_alarm_state(AlarmName=f"{prefix}one", StateValue="ALARM", StateReason="the test")
    client.put_composite_alarm(AlarmName=f"{prefix}both", AlarmRule=f'ALARM("{prefix}one")')
    client.set_alarm_state(AlarmName=f"{prefix}both", StateValue="ALARM", StateReason="the test")
    yield prefix
    for name in ("both", "one", "two"):
        client.delete_alarms(AlarmNames=[f"{prefix}{name}"])


def test_alarms_that_are_in_alarm_are_named_composite_ones_too(session: Session, alarms: str) -> None:
    account = AwsAccount(session)
    assert account.firing(alarms, ()) == [f"{alarms}both", f"{alarms}one"]
    assert account.firing("dev-nobody-", ()) == []


def test_alarms_that_are_named_are_looked_at_among_those_by_prefix(session: Session, alarms: str) -> None:
    account = AwsAccount(session)
    assert account.firing("dev-nobody-", [f"{alarms}one", f"{alarms}two", "nobody's"]) == [f"{alarms}one"]
    many = [f"{alarms}{number}" for number in range(150)]
    assert account.firing(f"{alarms}b", [*many, f"{alarms}one"]) == [f"{alarms}both", f"{alarms}one"]


def test_the_addresses_that_subnets_have_left_are_counted(session: Session) -> None:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    one, two = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=block)["Subnet"]["SubnetId"] for block in ("10.8.0.0/28", "10.8.1.0/24")
    )
    assert dict(AwsAccount(session).free_addresses([one, two])) == {one: 11, two: 251}
    with pytest.raises(Unreachable, match=r"InvalidSubnetID\.NotFound"):
        AwsAccount(session).free_addresses(["subnet-0"])

"""Rules of reading logs and target health, against the sandbox."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from driver.adapters.aws.cloudwatch_logs import CloudWatchLogs
from driver.adapters.aws.load_balancers import LoadBalancerTargets
from driver.adapters.aws.session import Session
from driver.core.ports import TargetHealth
from driver.errors import NotReady

pytestmark = pytest.mark.sandbox

GROUP = "/ecs/dev-logs-web"


class Writer:
    """Puts lines into one group."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.now = int(time.time() * 1000)

    def __call__(self, stream: str, *lines: tuple[int, str]) -> None:
        events = [{"timestamp": self.now + at, "message": message} for at, message in lines]
        self.client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)


@pytest.fixture
def write(session: Session) -> Iterator[Writer]:
    client = session.client("logs")
    client.create_log_group(logGroupName=GROUP)
    for stream in ("ecs/app/one", "ecs/app/two"):
        client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    yield Writer(client)
    client.delete_log_group(logGroupName=GROUP)


def test_the_streams_of_a_group_are_one_log_in_order(session: Session, write: Writer) -> None:
    write("ecs/app/one", (-3000, "a"), (-1000, "c"))
    write("ecs/app/two", (-2000, "b"), (-1000, "d"))
    lines = CloudWatchLogs(session).group(GROUP, write.now - 2000)
    assert [(line.stream, line.message) for line in lines] == [
        ("ecs/app/two", "b"),
        ("ecs/app/one", "c"),
        ("ecs/app/two", "d"),
    ]
    assert len({line.id for line in lines}) == 3


def test_a_stream_is_read_on_from_where_it_was_left(session: Session, write: Writer) -> None:
    logs = CloudWatchLogs(session)
    write("ecs/app/one", (-3000, "a"), (-2000, "b"))
    lines, cursor = logs.stream(GROUP, "ecs/app/one", None)
    assert [line.message for line in lines] == ["a", "b"]
    assert logs.stream(GROUP, "ecs/app/one", cursor)[0] == []
    write("ecs/app/one", (-1000, "c"))
    assert [line.message for line in logs.stream(GROUP, "ecs/app/one", cursor)[0]] == ["c"]


def test_a_stream_that_is_not_there_yet_has_no_lines(session: Session, write: Writer) -> None:
    assert CloudWatchLogs(session).stream(GROUP, "ecs/app/three", None) == ([], None)


def test_a_group_that_is_not_there_is_named(session: Session) -> None:
    with pytest.raises(NotReady, match="there is no log group /ecs/nothing"):
        CloudWatchLogs(session).group("/ecs/nothing", 0)


@pytest.fixture
def group(session: Session) -> Iterator[str]:
    elbv2, ec2 = session.client("elbv2"), session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = elbv2.create_target_group(Name="logs", Protocol="HTTP", Port=8000, VpcId=vpc, TargetType="ip")
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    yield arn
    elbv2.delete_target_group(TargetGroupArn=arn)
    ec2.delete_vpc(VpcId=vpc)


def test_a_target_of_a_group_that_no_listener_uses_is_unused(session: Session, group: str) -> None:
    session.client("elbv2").register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.9", "Port": 8000}])
    deadline = time.monotonic() + 5
    while (found := LoadBalancerTargets(session).health(group)) == {"127.0.0.9": TargetHealth.INITIAL}:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found == {"127.0.0.9": TargetHealth.UNUSED}


def test_a_target_group_that_is_not_there_is_named(session: Session, group: str) -> None:
    with pytest.raises(NotReady, match="there is no target group"):
        LoadBalancerTargets(session).health(f"{group}0")

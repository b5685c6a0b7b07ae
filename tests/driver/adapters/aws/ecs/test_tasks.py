"""Rules of one-off tasks, against the sandbox's ECS."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from driver.adapters.aws.ecs.tasks import EcsTasks
from driver.adapters.aws.session import Session
from driver.core.ports import TaskRequest
from driver.errors import Refused
from sandbox.faults import client
from sandbox.faults.rules import Fault

pytestmark = pytest.mark.sandbox


@pytest.fixture
def site(session: Session) -> tuple[EcsTasks, TaskRequest]:
    """ECS with a cluster of its own for each test, and a task whose image is nowhere, so that it ends at once."""
    cluster = f"tasks{time.monotonic_ns()}"
    session.client("ecs").create_cluster(clusterName=cluster)
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName=cluster, Description="x", VpcId=vpc)["GroupId"]
    definition = session.client("ecs").register_task_definition(
        family=f"{cluster}-release",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn="arn:aws:iam::000000000000:role/execution",
        containerDefinitions=[{"name": "app", "image": "000000000000.dkr.ecr.eu-west-1.amazonaws.com/no:no"}],
    )["taskDefinition"]["taskDefinitionArn"]
    request = TaskRequest(
        cluster=cluster,
        task_definition=definition,
        subnets=(subnet,),
        security_groups=(group,),
        started_by="slipway/shop/v2/1",
        token=cluster,
    )
    return EcsTasks(session, lambda: None), request


@contextmanager
def fault(folder: Path, **order: Any) -> Iterator[None]:
    endpoint = client.endpoint(folder)
    client.add(endpoint, Fault(service="ecs", **order))
    try:
        yield
    finally:
        client.clear(endpoint)


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_task_is_found_by_its_mark_also_when_it_has_stopped(site: tuple[EcsTasks, TaskRequest]) -> None:
    tasks, request = site
    task = tasks.run(request)
    assert tasks.started_by(request.cluster, request.task_definition, request.started_by) == [task]
    until(lambda: (state := tasks.describe(request.cluster, task)) is not None and state.stopped is not None)
    assert tasks.started_by(request.cluster, request.task_definition, request.started_by) == [task]
    assert tasks.started_by(request.cluster, request.task_definition, "slipway/shop/v2/2") == []
    assert tasks.unstopped(request.cluster, request.task_definition.rsplit("/", 1)[-1].split(":")[0]) == []


def test_a_task_that_could_not_pull_its_image_never_started(site: tuple[EcsTasks, TaskRequest]) -> None:
    tasks, request = site
    task = tasks.run(request)
    until(lambda: (state := tasks.describe(request.cluster, task)) is not None and state.stopped is not None)
    state = tasks.describe(request.cluster, task)
    assert state is not None and state.stopped is not None
    assert (state.stopped.stop_code, state.stopped.exit_code) == ("TaskFailedToStart", None)
    assert "CannotPullContainerError" in state.stopped.reason


def test_a_task_that_ecs_does_not_know_is_none(site: tuple[EcsTasks, TaskRequest]) -> None:
    tasks, request = site
    assert (
        tasks.describe(request.cluster, f"arn:aws:ecs:eu-west-1:000000000000:task/{request.cluster}/{1:032x}") is None
    )


@pytest.mark.parametrize("order", [{"kind": "error", "count": 2}, {"kind": "drop", "count": 2}, {"kind": "lose"}])
def test_a_request_whose_answer_was_lost_starts_one_task(
    folder: Path, site: tuple[EcsTasks, TaskRequest], order: dict[str, Any]
) -> None:
    tasks, request = site
    with fault(folder, operation="RunTask", **{"count": 1, **order}):
        task = tasks.run(request)
    assert tasks.started_by(request.cluster, request.task_definition, request.started_by) == [task]


def test_what_ecs_refuses_is_no_lack_of_place(site: tuple[EcsTasks, TaskRequest]) -> None:
    tasks, request = site
    with pytest.raises(Refused, match=r"ClientException|InvalidParameterException"):
        tasks.run(TaskRequest(**{**vars(request), "task_definition": f"{request.task_definition}9"}))
    tasks.run(request)
    with pytest.raises(Refused, match="ConflictException"):
        tasks.run(TaskRequest(**{**vars(request), "started_by": "somebody"}))

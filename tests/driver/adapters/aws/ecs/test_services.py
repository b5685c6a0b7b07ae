"""How the rollouts of services are read, and with how few calls."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from driver.adapters.aws.ecs.services import EcsServices
from driver.adapters.aws.session import translated
from driver.core.ports import RolloutStatus
from driver.core.watch.verdict import Verdict, claim, judge
from driver.errors import Busy, Unavailable, Unreachable

AT = datetime(2026, 11, 24, tzinfo=UTC)
OLD, NEW = "arn:task-definition/shop:1", "arn:task-definition/shop:2"
REVISIONS = {"revision-1": OLD, "revision-2": NEW}


@dataclass
class FakeEcs:
    """ECS's API over one service: its deployments as DescribeServices has them, and its service deployments."""

    runs: str
    deployments: list[dict[str, Any]]
    rollouts: list[dict[str, Any]]
    calls: list[str] = field(default_factory=list)

    def describe_services(self, cluster: str, services: list[str]) -> Any:
        self.calls.append("describe_services")
        row = {"status": "ACTIVE", "clusterArn": "arn:cluster/dev", "serviceName": "shop-web", "events": []}
        counts = {"desiredCount": 1, "runningCount": 1, "pendingCount": 0}
        return {
            "services": [
                {**row, **counts, "serviceArn": "arn:web", "taskDefinition": self.runs, "deployments": self.deployments}
            ]
        }

    def list_service_deployments(self, **asked: Any) -> Any:
        self.calls.append("list_service_deployments")
        keys = ("serviceDeploymentArn", "createdAt")
        return {"serviceDeployments": [{key: row[key] for key in keys} for row in self.rollouts][: asked["maxResults"]]}

    def describe_service_deployments(self, **asked: list[str]) -> Any:
        self.calls.append("describe_service_deployments")
        arns = asked["serviceDeploymentArns"]
        assert 1 <= len(arns) <= 20
        return {"serviceDeployments": [r for r in self.rollouts if r["serviceDeploymentArn"] in arns]}

    def describe_service_revisions(self, **asked: list[str]) -> Any:
        self.calls.append("describe_service_revisions")
        arns = asked["serviceRevisionArns"]
        rows = [{"serviceRevisionArn": arn, "taskDefinition": REVISIONS[arn]} for arn in arns]
        return {"serviceRevisions": rows}


@dataclass
class FakeSession:
    ecs: FakeEcs
    region: str = "eu-west-1"

    def client(self, _service: str) -> FakeEcs:
        return self.ecs


def deployment(name: str, state: str, definition: str, minute: int = 0) -> dict[str, Any]:
    counts = {"runningCount": 1, "pendingCount": 0, "failedTasks": 0}
    at = AT + timedelta(minutes=minute)
    return {
        "id": name,
        "status": "PRIMARY",
        "rolloutState": state,
        "taskDefinition": definition,
        "updatedAt": at,
        **counts,
    }


def rollout(arn: str, status: str, revision: str, minute: int = 0, **more: Any) -> dict[str, Any]:
    row = {"serviceDeploymentArn": arn, "status": status, "createdAt": AT + timedelta(minutes=minute)}
    return {**row, "targetServiceRevision": {"arn": revision}, **more}


def at_rest() -> FakeEcs:
    return FakeEcs(OLD, [deployment("ecs-svc/1", "COMPLETED", OLD)], [rollout("first", "SUCCESSFUL", "revision-1")])


def ours() -> None:
    """The lock is still ours."""


def services(ecs: FakeEcs) -> EcsServices:
    return EcsServices(FakeSession(ecs), ours)  # type: ignore[arg-type]


def test_who_has_lost_the_lock_stops_and_restarts_nothing_any_more() -> None:
    def lost() -> None:
        raise Busy("somebody else has taken over the lock of shop")

    ecs = at_rest()
    reader = EcsServices(FakeSession(ecs), lost)  # type: ignore[arg-type]
    for change in (lambda: reader.roll_back("first"), lambda: reader.restart("dev", "shop-web")):
        with pytest.raises(Busy):
            change()
    assert ecs.calls == []
    assert "shop-web" in reader.describe("dev", ["shop-web"])


@dataclass
class CrowdedEcs:
    """ECS's API over a service that has failed more often than one page of ListTasks holds."""

    definitions: list[str]

    def get_paginator(self, operation: str) -> "CrowdedEcs":
        assert operation == "list_tasks"
        return self

    def paginate(self, **_filters: str) -> Any:
        for start in range(0, len(self.definitions), 100):
            rest = range(start, min(start + 100, len(self.definitions)))
            yield {"taskArns": [f"arn:aws:ecs:eu-west-1:0:task/dev/{number}" for number in rest]}

    def describe_tasks(self, cluster: str, tasks: list[str]) -> Any:
        assert 1 <= len(tasks) <= 100
        return {"tasks": [self._task(arn) for arn in tasks]}

    def _task(self, arn: str) -> dict[str, Any]:
        definition = self.definitions[int(arn.rsplit("/", 1)[-1])]
        row = {"taskArn": arn, "taskDefinitionArn": definition, "lastStatus": "STOPPED", "containers": []}
        return {**row, "createdAt": AT, "stoppedAt": AT}


def test_the_stopped_tasks_of_a_task_definition_are_found_behind_a_whole_page_of_others() -> None:
    ecs = CrowdedEcs([OLD] * 120 + [NEW] * 3)
    assert len(services(ecs).stopped_tasks("dev", "shop-web", NEW)) == 3  # type: ignore[arg-type]


@dataclass
class StubbornEcs:
    """ECS's API over one rollout that it does not take back, with the code of its refusal."""

    refusal: str
    status: str
    sources: list[Any]

    def stop_service_deployment(self, **_asked: str) -> Any:
        raise ClientError({"Error": {"Code": self.refusal, "Message": "no"}}, "StopServiceDeployment")

    def describe_service_deployments(self, **_asked: Any) -> Any:
        return {"serviceDeployments": [{"status": self.status, "sourceServiceRevisions": self.sources}]}


@pytest.mark.parametrize("refusal", ["ClientException", "InvalidParameterException", "UnsupportedFeatureException"])
def test_a_refusal_to_go_back_is_none_where_the_rollout_is_over_or_the_first(refusal: str) -> None:
    over = StubbornEcs(refusal, "SUCCESSFUL", [{"arn": "revision-1"}])
    first = StubbornEcs(refusal, "IN_PROGRESS", [])
    rolling = StubbornEcs(refusal, "IN_PROGRESS", [{"arn": "revision-1"}])
    assert [services(one).roll_back("rollout") for one in (over, first)] == [False, False]  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        services(rolling).roll_back("rollout")  # type: ignore[arg-type]


def test_a_look_at_a_service_at_rest_costs_one_call() -> None:
    ecs = at_rest()
    reader = services(ecs)
    first = reader.describe("dev", ["shop-web"])
    ecs.calls.clear()
    assert reader.describe("dev", ["shop-web"]) == first
    assert ecs.calls == ["describe_services"]


def test_a_look_at_a_rollout_under_way_costs_two_calls_and_shows_its_end() -> None:
    ecs = at_rest()
    reader = services(ecs)
    reader.describe("dev", ["shop-web"])
    ecs.runs, ecs.deployments = NEW, [deployment("ecs-svc/2", "IN_PROGRESS", NEW, 1)]
    ecs.rollouts.insert(0, rollout("second", "IN_PROGRESS", "revision-2", 1))
    assert reader.describe("dev", ["shop-web"])["shop-web"].rollouts[0].task_definition == NEW
    ecs.calls.clear()
    ecs.rollouts[0]["status"] = "ROLLBACK_REQUESTED"
    assert reader.describe("dev", ["shop-web"])["shop-web"].rollouts[0].status is RolloutStatus.ROLLBACK_REQUESTED
    assert ecs.calls == ["describe_services", "describe_service_deployments"]


def test_a_rollout_that_the_list_shows_late_is_asked_for_again() -> None:
    ecs = at_rest()
    reader = services(ecs)
    ecs.runs, ecs.deployments = NEW, [deployment("ecs-svc/2", "IN_PROGRESS", NEW, 1)]
    assert [row.arn for row in reader.describe("dev", ["shop-web"])["shop-web"].rollouts] == ["first"]
    ecs.rollouts.insert(0, rollout("second", "IN_PROGRESS", "revision-2", 1))
    assert [row.arn for row in reader.describe("dev", ["shop-web"])["shop-web"].rollouts] == ["second", "first"]


@pytest.mark.parametrize("restored", ["ecs-svc/1", "ecs-svc/3"])
def test_a_rollback_before_anybody_looked_is_seen_under_a_reused_and_under_a_new_id(restored: str) -> None:
    ecs = at_rest()
    reader = services(ecs)
    known = {row.arn for row in reader.describe("dev", ["shop-web"])["shop-web"].rollouts}
    ecs.deployments = [deployment(restored, "COMPLETED", OLD, 3)]
    back = {"serviceRevisionArn": "revision-1", "reason": "breaker", "startedAt": AT}
    ecs.rollouts.insert(0, rollout("second", "ROLLBACK_SUCCESSFUL", "revision-2", 1, rollback=back))
    state = reader.describe("dev", ["shop-web"])["shop-web"]
    assert judge(state, NEW, claim(state, NEW, known)).verdict is Verdict.FAILED
    assert state.rollouts[0].returned_to == OLD
    known |= {row.arn for row in state.rollouts}
    assert judge(state, OLD, claim(state, OLD, known)).verdict is Verdict.SUCCEEDED


@pytest.mark.parametrize(
    ("status", "breaker", "stopped"),
    [
        ("ROLLBACK_SUCCESSFUL", "MONITORING_COMPLETE", True),
        ("ROLLBACK_SUCCESSFUL", "TRIGGERED", False),
        ("STOPPED", "MONITORING_COMPLETE", False),
    ],
)
def test_only_what_a_person_stopped_counts_as_stopped(status: str, breaker: str, stopped: bool) -> None:
    more = {"stoppedAt": AT, "deploymentCircuitBreaker": {"status": breaker}}
    ecs = FakeEcs(OLD, [deployment("ecs-svc/1", "COMPLETED", OLD)], [rollout("first", status, "revision-2", **more)])
    assert services(ecs).describe("dev", ["shop-web"])["shop-web"].rollouts[0].stopped is stopped


def test_an_alarm_that_took_a_deployment_back_is_named_and_nobody_stopped_it() -> None:
    alarms = {"status": "TRIGGERED", "alarmNames": ["late", "sick"], "triggeredAlarmNames": ["sick"]}
    more = {"stoppedAt": AT, "alarms": alarms, "statusReason": "An alarm was detected."}
    row = rollout("first", "ROLLBACK_SUCCESSFUL", "revision-2", **more)
    ecs = FakeEcs(OLD, [deployment("ecs-svc/1", "COMPLETED", OLD)], [row])
    state = services(ecs).describe("dev", ["shop-web"])["shop-web"]
    found = judge(state, NEW, state.rollouts[0])
    assert (found.verdict, found.cancelled) == (Verdict.FAILED, False)
    assert found.reason == "An alarm was detected. In ALARM: sick"


def refusal(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "DescribeServices")


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("ServerException", 500), ("Slow", 429)])
def test_trouble_that_passes_is_told_apart_from_a_refusal(code: str, status: int) -> None:
    def ask(error: ClientError) -> Callable[[], None]:
        def asked() -> None:
            with translated("asking"):
                raise error

        return asked

    with pytest.raises(Unavailable):
        ask(refusal(code, status))()
    with pytest.raises(Unreachable) as refused:
        ask(refusal("AccessDeniedException", 400))()
    assert not isinstance(refused.value, Unavailable)

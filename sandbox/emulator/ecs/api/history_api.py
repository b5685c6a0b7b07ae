"""ListServiceDeployments, DescribeServiceDeployments, DescribeServiceRevisions and StopServiceDeployment."""

from collections.abc import Callable, Iterator

from ministack.core.responses import get_account_id, get_region
from ministack.services import ecs

from sandbox.emulator.ecs import store
from sandbox.emulator.ecs.deployments import circuit_breaker, deployments
from sandbox.emulator.ecs.deployments.history import History, Monitor, Revision, ServiceDeployment, Status, history
from sandbox.emulator.ecs.deployments.service_scheduler import Scheduler
from sandbox.emulator.patching.patch import Needs, Record, Refusal, json_handler

NEEDS: Needs = {
    "ministack.core.responses": ("get_account_id", "get_region"),
    "ministack.services.ecs": ("_ACTION_MAP",),
}

MAX_RESULTS = 100
MAX_ARNS = 20


class HistoryApi:
    """The four operations over the services' histories."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def install(self) -> None:
        """Put them in ministack's table."""
        ecs._ACTION_MAP.update(
            ListServiceDeployments=self._handler(_list),
            DescribeServiceDeployments=self._handler(_describe),
            DescribeServiceRevisions=self._handler(_describe_revisions),
            StopServiceDeployment=self._handler(_stop),
        )

    def _handler(self, function: Callable[[Record], Record]) -> object:
        def under_lock(data: Record) -> Record:
            with self._scheduler.locked():
                return function(data)

        return json_handler(under_lock)


def _list(data: Record) -> Record:
    """Newest first, filtered by status and by `createdAt.after` and `.before`; epoch seconds."""
    service = store.service_of(data)
    wanted, created = set(data.get("status") or []), data.get("createdAt") or {}
    after, before = float(created.get("after", 0)), float(created.get("before", "inf"))
    rows = [
        row
        for row in reversed(history(service).deployments)
        if (not wanted or row.status in wanted) and after <= row.created_at <= before
    ]
    start, size = int(data.get("nextToken") or 0), min(int(data.get("maxResults") or MAX_RESULTS), MAX_RESULTS)
    body: Record = {"serviceDeployments": [_brief(service, row) for row in rows[start : start + size]]}
    if start + size < len(rows):
        body["nextToken"] = str(start + size)
    return body


def _describe(data: Record) -> Record:
    arns = _arns(data, "serviceDeploymentArns")
    known = {row.arn: (service, row) for service, past in _histories() for row in past.deployments}
    found = [_full(*known[arn]) for arn in arns if arn in known]
    return {"serviceDeployments": found, "failures": _missing(arn for arn in arns if arn not in known)}


def _describe_revisions(data: Record) -> Record:
    arns = _arns(data, "serviceRevisionArns")
    known = {row.arn: (service, row) for service, past in _histories() for row in past.revisions}
    found = [_revision(*known[arn]) for arn in arns if arn in known]
    return {"serviceRevisions": found, "failures": _missing(arn for arn in arns if arn not in known)}


def _stop(data: Record) -> Record:
    arn, kind = data.get("serviceDeploymentArn", ""), data.get("stopType") or "ROLLBACK"
    if kind != "ROLLBACK":
        raise Refusal("InvalidParameterException", f"stopType can only be ROLLBACK in the sandbox, not {kind}.")
    found = next(((s, row) for s, past in _histories() for row in past.deployments if row.arn == arn), None)
    if found is None:
        raise Refusal("ServiceDeploymentNotFoundException", "Service deployment not found.")
    service, row = found
    if row.status not in (Status.PENDING, Status.IN_PROGRESS) or row is not history(service).current:
        raise Refusal("ConflictException", f"The service deployment can't be stopped: its status is {row.status}.")
    if deployments.fallback(service) is None:
        raise Refusal(
            "ConflictException", "The service deployment can't be rolled back: no deployment completed before."
        )
    row.move(Status.ROLLBACK_REQUESTED, circuit_breaker.STOPPED_BY_USER)
    return {"serviceDeploymentArn": row.arn}


def _histories() -> Iterator[tuple[Record, History]]:
    """The histories of the caller's account and region."""
    scope = (get_account_id(), get_region())
    for account, region, service in store.all_services():
        if (account, region) == scope and "_history" in service:
            yield service, history(service)


def _arns(data: Record, name: str) -> list[str]:
    arns = list(data.get(name) or [])
    if not 1 <= len(arns) <= MAX_ARNS:
        raise Refusal("InvalidParameterException", f"{name} must have 1 to {MAX_ARNS} members.")
    return arns


def _missing(arns: Iterator[str]) -> list[Record]:
    return [{"arn": arn, "reason": "MISSING"} for arn in arns]


def _brief(service: Record, row: ServiceDeployment) -> Record:
    return _without_none(
        serviceDeploymentArn=row.arn,
        serviceArn=service["serviceArn"],
        clusterArn=service["clusterArn"],
        createdAt=row.created_at,
        startedAt=row.started_at,
        finishedAt=row.finished_at,
        targetServiceRevisionArn=row.target.arn,
        status=row.status.value,
        statusReason=row.reason or None,
    )


def _full(service: Record, row: ServiceDeployment) -> Record:
    brief = _brief(service, row)
    del brief["targetServiceRevisionArn"]
    return {
        **brief,
        **_without_none(
            updatedAt=row.updated_at,
            stoppedAt=row.stopped_at,
            sourceServiceRevisions=[summary(service, revision) for revision in row.sources],
            targetServiceRevision=summary(service, row.target),
            deploymentConfiguration=row.configuration,
            rollback=row.rollback,
            deploymentCircuitBreaker=_breaker(service, row),
            alarms=_alarms(row),
        ),
    }


def _breaker(service: Record, row: ServiceDeployment) -> Record:
    enabled = bool((row.configuration.get("deploymentCircuitBreaker") or {}).get("enable"))
    status = _monitor(row, enabled=enabled, triggered=row.triggered)
    return {"status": status.value, "failureCount": row.failures, "threshold": circuit_breaker.threshold(service)}


def _alarms(row: ServiceDeployment) -> Record | None:
    if not row.alarms:
        return None
    status = _monitor(row, enabled=True, triggered=bool(row.triggered_alarms))
    return {"status": status.value, "alarmNames": row.alarms, "triggeredAlarmNames": row.triggered_alarms}


def _monitor(row: ServiceDeployment, *, enabled: bool, triggered: bool) -> Monitor:
    if triggered:
        return Monitor.TRIGGERED
    if not enabled:
        return Monitor.DISABLED
    return Monitor.MONITORING_COMPLETE if row.over else Monitor.MONITORING


def summary(service: Record, revision: Revision) -> Record:
    """A revision with the counts of its tasks; zero once its deployment is gone."""
    live = any(row is revision.deployment for row in service["deployments"])
    counts = revision.deployment if live else {}
    return {
        "arn": revision.arn,
        "requestedTaskCount": counts.get("desiredCount", 0),
        "runningTaskCount": counts.get("runningCount", 0),
        "pendingTaskCount": counts.get("pendingCount", 0),
    }


def _revision(service: Record, revision: Revision) -> Record:
    return {
        **revision.settings,
        "serviceRevisionArn": revision.arn,
        "serviceArn": service["serviceArn"],
        "clusterArn": service["clusterArn"],
        "containerImages": _images(revision),
        "guardDutyEnabled": False,
        "createdAt": revision.created_at,
    }


def _images(revision: Revision) -> list[Record]:
    definition = store.known_task_definition(revision.settings["taskDefinition"])
    resolved = revision.deployment.get("_image_digests") or {}
    images = []
    for container in definition["containerDefinitions"]:
        digest = resolved.get(container["name"]) or container["image"].partition("@")[2] or None
        images.append(_without_none(containerName=container["name"], image=container["image"], imageDigest=digest))
    return images


def _without_none(**values: object) -> Record:
    return {name: value for name, value in values.items() if value is not None}

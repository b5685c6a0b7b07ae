"""Deployment alarms: a deployment fails when one of its CloudWatch alarms goes off, up to the end of its bake time.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""

from collections.abc import Iterable

from ministack.services import cloudwatch

from sandbox.emulator.ecs.deployments.circuit_breaker import Cause, give_up
from sandbox.emulator.ecs.deployments.history import ServiceDeployment, Status, history
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {"ministack.services.cloudwatch": ("_alarms", "_composite_alarms")}

PERIOD = 60.0
DETECTED = Cause(
    name="ECS deployment alarm",
    detected="alarm detected",
    back="Service deployment rolled back because an alarm was detected.",
    stopped="Service deployment stopped because an alarm was detected.",
    nothing="An alarm was detected, and there is no completed deployment to roll back to.",
)


def begin(current: ServiceDeployment) -> None:
    """Note which alarms ring when a deployment begins: they are not looked at in it."""
    current.ringing_before = ringing(current.alarms)


def look(service: Record, tasks: list[Record]) -> None:
    """Fail the current deployment when an alarm goes off that was silent when it began."""
    current = history(service).current
    if current is None or current.status is not Status.IN_PROGRESS:
        return
    current.triggered_alarms = [name for name in ringing(current.alarms) if name not in current.ringing_before]
    if current.triggered_alarms:
        give_up(service, tasks, DETECTED, rollback=bool(current.configuration["alarms"].get("rollback")))


def ringing(names: Iterable[str]) -> list[str]:
    """Those of these alarms, composite ones included, that are in ALARM in this account and region."""
    found = {name: cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name) for name in names}
    return [name for name, alarm in found.items() if alarm is not None and alarm["StateValue"] == "ALARM"]


def bake_time(current: ServiceDeployment | None) -> float:
    """Seconds, in AWS's time, that a deployment is watched after it has come up: the longest window of its alarms.

    One that goes back is not watched.
    """
    if current is None or current.rollback is not None:
        return 0.0
    alarms = [cloudwatch._alarms.get(name) for name in current.alarms]
    return max((_window(alarm) for alarm in alarms if alarm is not None), default=0.0)


def _window(alarm: Record) -> float:
    stats = [query["MetricStat"] for query in alarm.get("Metrics") or [] if query.get("MetricStat")]
    period = max((float(row.get("Period") or PERIOD) for row in [alarm, *stats]), default=PERIOD)
    return period * int(alarm.get("EvaluationPeriods") or 1)

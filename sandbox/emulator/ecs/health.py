"""Whether a service's task is healthy: by its targets, its containers, or by staying up."""

import time
from dataclasses import dataclass
from enum import StrEnum

from sandbox.context import Context
from sandbox.emulator.ecs.store import address
from sandbox.emulator.elbv2.targets import Address, State, Target, Targets
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {}

# "A task without health checks is healthy 40 seconds after it is RUNNING", API reference, DeploymentConfiguration.
PROOF_SECONDS = 40
# Real seconds that a program may take to answer its first health check, where the grace period allows as much.
START_SECONDS = 20.0


class Health(StrEnum):
    """What the scheduler thinks of a running task."""

    PENDING = "PENDING"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


@dataclass(frozen=True)
class Verdict:
    """A task's health; `reason` is its stoppedReason and `event` the service event when it is unhealthy.

    `starting` when it is unhealthy because it has never answered so far.
    """

    health: Health
    reason: str = ""
    event: str = ""
    starting: bool = False


class Judge:
    """Judges running tasks."""

    def __init__(self, context: Context, targets: Targets) -> None:
        self._context, self._targets = context, targets

    def verdict(self, service: Record, task: Record) -> Verdict:
        """The verdict on a RUNNING task; unhealthy ones are pending within the grace period."""
        running = time.monotonic() - task.setdefault("_running_since", time.monotonic())
        parts = self._parts(service, task) or [self._by_time(running)]
        bad = next((part for part in parts if part.health is Health.UNHEALTHY), None)
        if bad is not None:
            grace = self._grace(float(service.get("healthCheckGracePeriodSeconds") or 0), starting=bad.starting)
            return bad if running >= grace else Verdict(Health.PENDING)
        return next((part for part in parts if part.health is Health.PENDING), Verdict(Health.HEALTHY))

    def _grace(self, seconds: float, *, starting: bool) -> float:
        # Programs start in real time, whatever the pace.
        return max(self._context.scaled(seconds), min(seconds, START_SECONDS) if starting else 0.0)

    def _parts(self, service: Record, task: Record) -> list[Verdict]:
        parts = [self._by_target(task, balancer) for balancer in balancers(service)]
        if task.get("_has_health_check"):
            parts.append(_by_container(task))
        return parts

    def _by_time(self, running: float) -> Verdict:
        proven = running >= self._context.scaled(PROOF_SECONDS)
        return Verdict(Health.HEALTHY if proven else Health.PENDING)

    def _by_target(self, task: Record, balancer: Record) -> Verdict:
        group, host = balancer["targetGroupArn"], address(task)
        target = self._targets.get(group, Address(host, int(balancer["containerPort"]))) if host else None
        if target is None or target.state in (State.INITIAL, State.UNUSED, State.DRAINING):
            return Verdict(Health.PENDING)
        return _of_target(target)


def balancers(service: Record) -> list[Record]:
    """A service's load balancer entries that name a target group."""
    return [entry for entry in service.get("loadBalancers") or [] if entry.get("targetGroupArn")]


def _of_target(target: Target) -> Verdict:
    if target.state is State.HEALTHY:
        return Verdict(Health.HEALTHY)
    return Verdict(
        Health.UNHEALTHY,
        f"Task failed ELB health checks in (target-group {target.group})",
        f"(port {target.address.port}) is unhealthy in (target-group {target.group}) "
        f"due to (reason {target.description}).",
        starting=not target.answered,
    )


def _by_container(task: Record) -> Verdict:
    status = task.get("healthStatus")
    if status == "UNHEALTHY":
        return Verdict(Health.UNHEALTHY, "Task failed container health checks", "failed container health checks.")
    return Verdict(Health.HEALTHY if status == "HEALTHY" else Health.PENDING)

"""The service scheduler: brings every service's tasks to what its deployments say, a step at a time."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ministack.core.responses import request_scope
from ministack.services import ecs

from sandbox.emulator.ecs import store
from sandbox.emulator.ecs.deployments import deployment_alarms
from sandbox.emulator.ecs.deployments.circuit_breaker import CircuitBreaker, honour_request
from sandbox.emulator.ecs.deployments.deployments import Rollout
from sandbox.emulator.ecs.deployments.outcome import Outcome
from sandbox.emulator.ecs.deployments.plan import Standing, next_moves
from sandbox.emulator.ecs.health import Health, Judge
from sandbox.emulator.ecs.launching import Launcher
from sandbox.emulator.ecs.protection import unprotected
from sandbox.emulator.ecs.stopping import Stopper
from sandbox.emulator.ecs.target_registration import Registration
from sandbox.emulator.elbv2.targets import Targets
from sandbox.emulator.patching.patch import Needs, Record

NEEDS: Needs = {
    "ministack.core.responses": ("request_scope",),
    "ministack.services.ecs": (
        "_complete_service_deployment",
        "_reconcile_service_tasks",
        "_record_service_task_failure",
        "_record_service_task_healthy",
        "_refresh_service_state",
        "_schedule_service_deployment_completion",
        "_sync_service_targets",
    ),
}

TICK = 0.25
CLEANING = 60.0
REPLACED = NEEDS["ministack.services.ecs"]
SCHEDULER_STOPPED = "ServiceSchedulerInitiated"
logger = logging.getLogger("sandbox.scheduler")


class Scheduler:
    """One thread that steps through all services; handlers change services under `locked()`."""

    def __init__(
        self, *, breaker: CircuitBreaker, judge: Judge, stopper: Stopper, targets: Targets, outcome: Outcome
    ) -> None:
        self._breaker, self._judge, self._stopper, self._outcome = breaker, judge, stopper, outcome
        self._launcher, self._registration = Launcher(), Registration(targets, stopper)
        self._lock, self._wake = threading.RLock(), threading.Event()

    def install(self) -> None:
        """Take the scheduling over: what ministack would do at these points is done by the next step."""
        for name in REPLACED:
            setattr(ecs, name, self._only_wake)

    def start(self) -> None:
        """Schedule until the process ends."""
        threading.Thread(target=self._run, name="sandbox-scheduler", daemon=True).start()

    def wake(self) -> None:
        """Something changed: the next step needn't wait for the tick."""
        self._wake.set()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Exclude the scheduler while a handler changes a service, and let it look afterwards."""
        with self._lock:
            yield
        self.wake()

    def _only_wake(self, *_: object, **__: object) -> None:
        self.wake()

    def _run(self) -> None:
        next_cleaning = time.monotonic() + CLEANING
        while True:
            self._wake.wait(TICK)
            self._wake.clear()
            if time.monotonic() > next_cleaning:
                next_cleaning += CLEANING
                store.forget_old_tasks()
            by_service = store.tasks_by_service()
            for account, region, service in store.all_services():
                self._step_safely(account, region, service, by_service.get(store.group_key(service), []))

    def _step_safely(self, account: str, region: str, service: Record, tasks: list[Record]) -> None:
        try:
            with request_scope(account, region), self._lock:
                self.step(service, tasks)
        except Exception:
            # One service's trouble must not stop the others' rollouts.
            logger.exception("scheduling service %s failed", service.get("serviceArn"))

    def step(self, service: Record, tasks: list[Record]) -> None:
        """One look at one service."""
        if service["status"] == "ACTIVE":
            honour_request(service, tasks)
            self._registration.update(service, tasks)
            self._judge_tasks(service, tasks)
            self._breaker.account(service, tasks)
            deployment_alarms.look(service, tasks)
            self._roll(service, tasks)
        elif service["status"] == "DRAINING":
            self._registration.update(service, tasks)
        self._outcome.settle(service, tasks)

    def _judge_tasks(self, service: Record, tasks: list[Record]) -> None:
        for task in store.live(tasks):
            if task["lastStatus"] != "RUNNING":
                continue
            verdict = self._judge.verdict(service, task)
            if verdict.health is Health.UNHEALTHY:
                task["_healthy"], task["_unhealthy"] = False, True
                store.events_say(service, verdict.event)
                self._stop(service, [task], verdict.reason)
            elif verdict.health is Health.HEALTHY and not task.get("_healthy"):
                task["_healthy"] = True
                self._prove(service, task)

    def _prove(self, service: Record, task: Record) -> None:
        deployment = store.primary(service)
        if task.get("_deployment_id") == deployment["id"]:
            self._breaker.proven(service, deployment)

    def _roll(self, service: Record, tasks: list[Record]) -> None:
        deployment = store.primary(service)
        if service["desiredCount"] > 0 and deployment["rolloutState"] == Rollout.FAILED:
            # Without a rollback the older tasks go on serving, and nothing is started.
            return
        running = store.live(tasks)
        current = store.of_deployment(running, deployment)
        older = [task for task in running if task not in current]
        older = self._drop_failed(service, older)
        moves = next_moves(_standing(service, current, older))
        reason = f"Scaling activity initiated by (deployment {deployment['id']})"
        self._stop(service, _newest(unprotected(current))[: moves.stop_current], reason)
        self._stop(service, unprotected(older)[: moves.stop_older], reason)
        _say_if_stuck(service, stuck=moves.stuck)
        if moves.start and self._breaker.may_start(deployment):
            self._launcher.launch(service, deployment, moves.start)

    def _drop_failed(self, service: Record, older: list[Record]) -> list[Record]:
        """Stop a given-up deployment's tasks that serve nobody; its healthy ones wait for their successors."""
        failed = {row["id"] for row in service["deployments"] if row["rolloutState"] == Rollout.FAILED}
        useless = [task for task in older if task.get("_deployment_id") in failed and not task.get("_healthy")]
        self._stop(service, useless, "Scaling activity initiated by rollback")
        return [task for task in older if task not in useless]

    def _stop(self, service: Record, tasks: list[Record], reason: str) -> None:
        stopped = [task for task in tasks if self._stopper.stop(task, reason, SCHEDULER_STOPPED)]
        if not stopped:
            return
        service["_steady"] = False
        self._registration.say_left(service, stopped)
        names = " ".join(f"(task {store.short_id(task)})" for task in stopped)
        store.events_say(service, f"has stopped {len(stopped)} running tasks: {names}.")


def _standing(service: Record, current: list[Record], older: list[Record]) -> Standing:
    configuration = service["deploymentConfiguration"]
    return Standing(
        desired=service["desiredCount"],
        current=len(current),
        current_healthy=sum(1 for task in current if task.get("_healthy")),
        older=len(older),
        older_healthy=sum(1 for task in older if task["lastStatus"] == "RUNNING"),
        minimum_percent=int(configuration["minimumHealthyPercent"]),
        maximum_percent=int(configuration["maximumPercent"]),
    )


def _newest(tasks: list[Record]) -> list[Record]:
    return sorted(tasks, key=lambda task: str(task["createdAt"]), reverse=True)


def _say_if_stuck(service: Record, *, stuck: bool) -> None:
    deployment = store.primary(service)
    if stuck and not deployment.get("_said_stuck"):
        deployment["_said_stuck"] = True
        store.events_say(
            service,
            "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
            "Update the minimumHealthyPercent or maximumPercent value and try again.",
        )

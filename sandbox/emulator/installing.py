"""Puts the additions in place, in the order in which they depend on each other."""

from types import ModuleType

from sandbox.context import Context
from sandbox.emulator import (
    autoscaling,
    by_target,
    container_health,
    containers,
    health_checks,
    identity_providers,
    image_tags,
    linked_roles,
    log_targets,
    patching,
    quota_store,
    scaling_alarms,
    scaling_engine,
    scaling_schedules,
    scaling_store,
    schedule_targets,
    secret_references,
    secret_versions,
    selftest,
    trail,
)
from sandbox.emulator.ecs import (
    breaker,
    deployment_alarms,
    fargate,
    history_api,
    launching,
    protection,
    registrar,
    scheduler,
    service_api,
    service_rules,
    service_view,
    stopping,
    store,
    task_api,
    telling,
)
from sandbox.emulator.ecs.health import Judge
from sandbox.emulator.ecs.outcome import Outcome
from sandbox.emulator.elbv2 import (
    actions,
    attributes,
    balancers,
    certificates,
    group_api,
    groups,
    probe,
    query,
    shapes,
    target_api,
)
from sandbox.emulator.elbv2.targets import Targets
from sandbox.emulator.vpc import installing as vpc
from sandbox.emulator.watching import alarms, topics

MODULES: tuple[ModuleType, ...] = (
    patching, scaling_store, secret_references, secret_versions, image_tags, containers, container_health,
    alarms, topics, scaling_alarms, scaling_engine,
    by_target, scaling_schedules, quota_store, trail, health_checks,
    *vpc.MODULES,
    identity_providers, linked_roles,
    query, groups, target_api, attributes, balancers, certificates, group_api, actions, shapes,
    store, stopping, launching, breaker, deployment_alarms, scheduler, fargate, history_api, service_rules,
    service_view, service_api, task_api, telling, registrar, log_targets, schedule_targets, protection,
)  # fmt: skip

# One process is one sandbox, so the balancers find the targets that the prober knows.
targets = Targets()


def install(context: Context) -> None:
    """Extend ministack in this process; call it once, before the first request.

    Raises EmulatorChanged when the installed ministack isn't the pinned one.
    """
    selftest.check(MODULES)
    for module in (
        *vpc.INSTALLED, secret_references, secret_versions, image_tags, containers, attributes, actions, shapes,
        certificates, health_checks, fargate, service_view, log_targets, schedule_targets,
        protection, topics, identity_providers, linked_roles,
    ):  # fmt: skip
        module.install()
    balancers.Balancers(context).install()
    group_api.GroupApi(targets).install()
    target = target_api.TargetApi(context, targets)
    target.install()
    _install_ecs(context, target)
    watch = alarms.Watch(context)
    watch.install()
    scaling_engine.ScalingEngine(context, watch, autoscaling.store).install()
    watch.start()
    probe.Prober(context, targets).start()


def _install_ecs(context: Context, target: target_api.TargetApi) -> None:
    stopper = stopping.Stopper(targets, target)
    checks = container_health.HealthChecks(context)
    scheduling = scheduler.Scheduler(
        breaker=breaker.CircuitBreaker(context),
        judge=Judge(context, targets),
        stopper=stopper,
        targets=targets,
        outcome=Outcome(context),
    )
    stopper.changed = checks.changed = scheduling.wake
    for part in (
        scheduling,
        stopper,
        checks,
        service_api.ServiceApi(scheduling, stopper),
        history_api.HistoryApi(scheduling),
        task_api.TaskApi(stopper),
    ):
        part.install()
    trail.install()
    scheduling.start()
    telling.Teller().start()
    registrar.Registrar().start()

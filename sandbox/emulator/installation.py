"""Puts the additions in place, in the order in which they depend on each other."""

from types import ModuleType

from sandbox.context import Context
from sandbox.emulator.autoscaling import api, scaling_alarms, scaling_engine, scaling_schedules, scaling_store
from sandbox.emulator.cloudtrail import event_history
from sandbox.emulator.cloudwatch import alarms, dashboards, minutes, thinning, topics
from sandbox.emulator.ec2 import installation as vpc
from sandbox.emulator.ecr import image_tags
from sandbox.emulator.ecs import (
    cloud_map,
    definitions,
    event_publisher,
    insights,
    launching,
    protection,
    stopping,
    store,
    usage,
)
from sandbox.emulator.ecs.api import fargate_sizes, history_api, service_api, service_rules, service_view, task_api
from sandbox.emulator.ecs.containers import container_health, container_options, secret_references
from sandbox.emulator.ecs.deployments import circuit_breaker, deployment_alarms, service_scheduler
from sandbox.emulator.ecs.deployments.outcome import Outcome
from sandbox.emulator.ecs.health import Judge
from sandbox.emulator.elbv2 import (
    actions,
    associations,
    attributes,
    balancer_metrics,
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
from sandbox.emulator.elbv2.traffic import Traffic
from sandbox.emulator.eventbridge import log_targets, minute_rules
from sandbox.emulator.iam import identity_providers, linked_roles
from sandbox.emulator.lambda_functions import concurrency
from sandbox.emulator.logs import filter_patterns, subscriptions
from sandbox.emulator.patching import json_services, patch, selftest
from sandbox.emulator.route53 import health_checks
from sandbox.emulator.scheduler import schedule_targets
from sandbox.emulator.secrets_manager import secret_versions
from sandbox.emulator.service_quotas import quota_store

MODULES: tuple[ModuleType, ...] = (
    patch, scaling_store, secret_references, secret_versions, image_tags, container_options, container_health,
    alarms, dashboards, minutes, thinning, topics, scaling_alarms, scaling_engine,
    json_services, scaling_schedules, quota_store, event_history, health_checks,
    *vpc.MODULES,
    identity_providers, linked_roles, concurrency, filter_patterns, subscriptions,
    query, groups, target_api, attributes, balancers, certificates, group_api, actions, shapes,
    associations,
    store, stopping, launching, circuit_breaker, deployment_alarms, service_scheduler, definitions, fargate_sizes,
    history_api, service_rules, service_view, service_api, task_api, event_publisher, cloud_map, log_targets,
    minute_rules, schedule_targets, protection, usage, insights, balancer_metrics,
)  # fmt: skip

# One process is one sandbox: the balancers find the targets that the prober knows, and count for CloudWatch.
targets, traffic = Targets(), Traffic()


def install(context: Context) -> None:
    """Extend ministack in this process; call it once, before the first request.

    Raises EmulatorChanged when the installed ministack isn't the pinned one.
    """
    selftest.check(MODULES)
    for module in (
        *vpc.INSTALLED, secret_references, secret_versions, image_tags, container_options, attributes, actions, shapes,
        associations, certificates, health_checks, fargate_sizes, service_view, log_targets, schedule_targets,
        protection, dashboards, topics, identity_providers, linked_roles, concurrency, filter_patterns, subscriptions,
    ):  # fmt: skip
        module.install()
    minute_rules.install(context)
    balancers.Balancers(context).install()
    group_api.GroupApi(targets).install()
    target = target_api.TargetApi(context, targets)
    target.install()
    _install_ecs(context, target)
    watch = alarms.Watch(context)
    watch.install()
    scaling_engine.ScalingEngine(context, watch, api.store).install()
    load = balancer_metrics.BalancerMetrics(targets, traffic)
    minutes.Minutes(context, usage.Usage().tell, insights.tell, load.tell).start()
    watch.start()
    probe.Prober(context, targets).start()


def _install_ecs(context: Context, target: target_api.TargetApi) -> None:
    stopper = stopping.Stopper(targets, target)
    checks = container_health.HealthChecks(context)
    scheduling = service_scheduler.Scheduler(
        breaker=circuit_breaker.CircuitBreaker(context),
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
    event_history.install()
    scheduling.start()
    event_publisher.Teller().start()
    cloud_map.Registrar().start()

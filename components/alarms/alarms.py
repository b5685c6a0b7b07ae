"""The alarms of an environment, and of each app in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.alarms.alarm_set import AlarmSet, AlarmSetArgs
from components.alarms.chat_relay import AlarmRelay, AlarmRelayArgs
from components.alarms.topic import AlarmTopic, AlarmTopicArgs
from components.cluster.cluster import Cluster
from components.ingress.shared import Ingress
from components.ingress.web_entry import Front
from components.monitoring_output import Inventory
from components.network.vpc import Network
from model.iam.alarm_topic import RELAY, RELAY_TIMEOUT
from model.monitoring import alarms, ecs_events, subjects
from model.monitoring.subjects import Reference, Thing
from model.names import names
from model.names.arn_suffixes import balancer_suffix, targets_suffix
from model.names.names import AppNames
from model.settings.app import App
from model.settings.cluster import Insights
from model.settings.environment import Settings
from model.sizing import quota_needs

TYPE = "slipway:components:Alarms"


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """The settings, and what of the environment is watched."""

    settings: Settings
    account: str
    network: Network
    ingress: Ingress
    cluster: Cluster
    inventory: Inventory


class Alarms(pulumi.ComponentResource):
    """The topic, the count of failed tasks, and the alarms that are of no app. Nothing where there are no alarms."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        settings = args.settings
        self._topic: pulumi.Output[str] | None = None
        if settings.alarms.on:
            topic = AlarmTopicArgs(env=settings.env, account=args.account, email=settings.alarms.email)
            self._topic = AlarmTopic(name, topic, self._child).arn
            self._relay(name, self._topic)
            self._count_failures(name)
            self._platform(name, self._topic)
        self.register_outputs({})

    def watch(
        self,
        of: AppNames,
        app: App,
        fronts: Mapping[str, Front],
        inventory: Inventory,
        opts: pulumi.ResourceOptions,
    ) -> None:
        """The alarms of an app, which are noted in its inventory."""
        if self._topic is None:
            return
        settings = self._args.settings
        things, references = [], {}
        for key, process in app.services.items():
            own, front = of.process(key), fronts.get(key)
            counted = None if process.scaling is None else process.scaling.counted
            things += subjects.of_process(
                own,
                insights=settings.cluster.insights is not Insights.OFF,
                web=front is not None,
                dedicated=front is not None and not front.shared,
                queue=counted is not None and counted.tells_age,
            )
            references[own.logical] = {Reference.CLUSTER_ARN: self._args.cluster.arn, **_of_front(front)}
        made = AlarmSetArgs(
            name=f"{settings.env}-{of.app}-any",
            about=of.app,
            alarms=alarms.alarms(settings.alarms, things),
            topic=self._topic,
            references=references,
            tags={"Environment": settings.env, "App": of.app},
        )
        AlarmSet(of.app, made, opts)
        self._note(made, inventory)

    def _relay(self, name: str, topic: pulumi.Input[str]) -> None:
        args, settings = self._args, self._args.settings
        if settings.alarms.hooks:
            relay = AlarmRelayArgs(settings=settings, inventory=args.inventory, topic=topic)
            AlarmRelay(name, relay, self._child)

    def _count_failures(self, name: str) -> None:
        logical = f"{name}-task-failures"
        aws.cloudwatch.LogMetricFilter(
            logical,
            name=logical,
            log_group_name=self._args.cluster.events_group,
            pattern=ecs_events.FAILED,
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=ecs_events.TASKS,
                name=ecs_events.FAILURES,
                value="1",
                dimensions=ecs_events.FAILURE_DIMENSIONS,
            ),
            opts=self._child,
        )

    def _platform(self, name: str, topic: pulumi.Input[str]) -> None:
        settings, network = self._args.settings, self._args.network
        things: list[Thing] = subjects.of_stores(settings.env, settings.alarms.databases, settings.alarms.caches)
        things += [] if settings.logs.archive is None else subjects.of_archive(settings.env)
        things += subjects.of_counter(settings.env) if settings.counts_jobs else []
        things += subjects.of_receiver(settings.env) if settings.receives else []
        if settings.alarms.hooks:
            things += subjects.of_function(settings.env, names.function(settings.env, RELAY), RELAY_TIMEOUT)
        references: dict[str, dict[Reference, pulumi.Input[str]]] = {}
        for kind, balancer in self._args.ingress.balancers.items():
            thing = subjects.of_shared_balancer(settings.env, kind)
            things.append(thing)
            references[thing.logical] = {Reference.LOAD_BALANCER: balancer.arn.apply(balancer_suffix)}
        for number in range(1, quota_needs.gateways(settings) + 1):
            thing = subjects.of_nat(settings.env, number)
            things.append(thing)
            references[thing.logical] = {Reference.NAT: _at(network.nat_ids, number - 1)}
        made = AlarmSetArgs(
            name=f"slipway-{settings.env}-any",
            about=f"the platform of {settings.env}",
            alarms=alarms.alarms(settings.alarms, things),
            topic=topic,
            references=references,
            tags={"Environment": settings.env},
        )
        AlarmSet(f"{name}-platform", made, self._child)
        self._note(made, self._args.inventory)

    def _note(self, made: AlarmSetArgs, inventory: Inventory) -> None:
        """By ARNs that are made up and not waited for: a deploy notes alarms that only `up` will make."""
        place = f"arn:aws:cloudwatch:{self._args.settings.region}:{self._args.account}:alarm"
        for alarm in made.alarms:
            row = {"name": alarm.name, "arn": f"{place}:{alarm.name}", "severity": alarm.kind.key}
            rings = {"threshold": float(alarm.threshold), "period": alarm.period}
            inventory.alarms.append(row | rings | ({"process": alarm.process} if alarm.process else {}))
        for index, _ in enumerate(alarms.bundles(alarm.name for alarm in made.alarms)):
            name = alarms.bundle_name(made.name, index)
            inventory.alarms.append({"name": name, "arn": f"{place}:{name}", "composite": True})


def _of_front(front: Front | None) -> dict[Reference, pulumi.Input[str]]:
    if front is None:
        return {}
    return {
        Reference.LOAD_BALANCER: front.arn.apply(balancer_suffix),
        Reference.TARGET_GROUP: front.target_group_arn.apply(targets_suffix),
    }


def _at(found: pulumi.Output[list[str]], index: int) -> pulumi.Output[str]:
    return found.apply(lambda ids: ids[index])

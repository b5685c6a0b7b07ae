"""One process of an app as an ECS service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.app.scaling import Scaling, ScalingArgs
from components.freeze import Plan
from components.ingress.web_entry import Front
from model import container_definition
from model.names.names import ProcessNames
from model.settings.app import Process
from model.settings.capacity_providers import Capacity
from model.settings.process import Rollout

TYPE = "slipway:components:Service"


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    """What runs, where it stands and what may change of it in this run."""

    names: ProcessNames
    process: Process
    plan: Plan
    task_definition_arn: pulumi.Input[str]
    cluster: pulumi.Input[str]
    capacity: Capacity
    subnet_ids: pulumi.Input[Sequence[str]]
    security_group_id: pulumi.Input[str]
    front: Front | None
    protect: bool


class Service(pulumi.ComponentResource):
    """The service, and its scaling where the catalogue asks for it."""

    name: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        service = self._service(name, args)
        self.name = service.name
        if args.process.scaling is not None:
            scaling = ScalingArgs(
                names=args.names,
                cluster=args.cluster,
                service=service.name,
                scaling=args.process.scaling,
                front=args.front,
            )
            Scaling(name, scaling, opts=pulumi.ResourceOptions(parent=self))
        self.register_outputs({"name": self.name})

    def _service(self, name: str, args: ServiceArgs) -> aws.ecs.Service:
        return aws.ecs.Service(
            name,
            name=args.names.service,
            cluster=args.cluster,
            task_definition=args.plan.pin.tasks.get(args.names.process, args.task_definition_arn),
            desired_count=args.process.initial_count,
            capacity_provider_strategies=[
                aws.ecs.ServiceCapacityProviderStrategyArgs(capacity_provider=provider, weight=weight)
                for provider, weight in args.capacity.strategy
            ],
            # Without it, other weights replace the service, whose name is still taken: an outage. Left on, every
            # update would be a rollout.
            force_new_deployment=True if args.names.process in args.plan.weighing else None,
            enable_execute_command=args.process.exec,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.subnet_ids, security_groups=[args.security_group_id], assign_public_ip=False
            ),
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            deployment_minimum_healthy_percent=args.process.rollout.min_healthy,
            deployment_maximum_percent=args.process.rollout.max,
            alarms=_alarms(args.process.rollout),
            availability_zone_rebalancing="ENABLED" if args.process.rebalanced else "DISABLED",
            platform_version=args.process.platform_version,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags={"Environment": args.names.env, "App": args.names.app, "Process": args.names.process},
            opts=self._options(args),
            load_balancers=_targets(args),
            health_check_grace_period_seconds=None if args.front is None else args.process.health.grace,
        )

    def _options(self, args: ServiceArgs) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(
            parent=self,
            ignore_changes=args.plan.service(args.names.process),
            protect=args.protect,
            # ECS refuses a target group that nothing sends requests to yet.
            depends_on=[] if args.front is None else [args.front.entry],
        )


def _alarms(rollout: Rollout) -> aws.ecs.ServiceAlarmsArgs | None:
    if not rollout.alarms:
        return None
    return aws.ecs.ServiceAlarmsArgs(alarm_names=list(rollout.alarms), enable=True, rollback=True)


def _targets(args: ServiceArgs) -> list[aws.ecs.ServiceLoadBalancerArgs] | None:
    if args.front is None or args.process.port is None:
        return None
    return [
        aws.ecs.ServiceLoadBalancerArgs(
            target_group_arn=args.front.target_group_arn,
            container_name=container_definition.CONTAINER,
            container_port=args.process.port,
        )
    ]

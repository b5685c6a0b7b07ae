"""The backdoor of one app: a service without tasks until somebody opens it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.freeze import Plan
from components.network.namespace import Namespace
from components.network.security_group_rules import GroupRules
from components.network.vpc import Network
from model.names.names import ProcessNames
from model.settings import backdoor
from model.settings.capacity_providers import Capacity
from model.settings.environment import Settings

TYPE = "slipway:components:Backdoor"


@dataclass(frozen=True, kw_only=True)
class BackdoorArgs:
    """What it runs and where. `security_group_id` is the app's own, so that it reaches whatever the app reaches."""

    names: ProcessNames
    settings: Settings
    plan: Plan
    capacity: Capacity
    task_definition_arn: pulumi.Input[str]
    cluster: pulumi.Input[str]
    network: Network
    security_group_id: pulumi.Input[str]


class Backdoor(pulumi.ComponentResource):
    """The service, what lets the VPN in and nobody else, and the name `backdoor.<app>` in the private zone."""

    def __init__(self, name: str, args: BackdoorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        namespace = args.network.namespace
        registered = None if namespace is None else self._registered(name, namespace)
        aws.ecs.Service(
            name,
            name=args.names.service,
            cluster=args.cluster,
            task_definition=args.plan.pin.tasks.get(args.names.process, args.task_definition_arn),
            desired_count=0,
            capacity_provider_strategies=[
                aws.ecs.ServiceCapacityProviderStrategyArgs(capacity_provider=provider, weight=weight)
                for provider, weight in args.capacity.strategy
            ],
            enable_execute_command=True,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.network.private_subnet_ids,
                security_groups=[args.security_group_id, self._security_group(name).id],
                assign_public_ip=False,
            ),
            # One at a time, so that the name leads to one. What does not come up stays as it is: nothing waits for it.
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=False),
            deployment_minimum_healthy_percent=0,
            deployment_maximum_percent=100,
            availability_zone_rebalancing="DISABLED",
            service_registries=registered,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=args.names.tags,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=args.plan.service(args.names.process)),
        )
        self.register_outputs({})

    def _security_group(self, name: str) -> aws.ec2.SecurityGroup:
        args, vpn = self._args, self._args.settings.vpn
        group = aws.ec2.SecurityGroup(
            name,
            description=f"Backdoor of {args.names.app}",
            vpc_id=args.network.vpc_id,
            tags={**args.names.tags, "Name": args.names.family},
            opts=self._child,
        )
        rules = GroupRules(group.id, self)
        for block in () if vpn is None else vpn.ranges:
            for port in () if vpn is None else vpn.ports:
                rules.let_in(f"{name}.{block}.{port}", port, f"Port {port} from the VPN at {block}", block=block)
        return group

    def _registered(self, name: str, namespace: Namespace) -> aws.ecs.ServiceServiceRegistriesArgs:
        """ECS registers and deregisters the task's address itself.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
        """
        dns = aws.servicediscovery.ServiceDnsConfigArgs(
            namespace_id=namespace.id,
            routing_policy="MULTIVALUE",
            dns_records=[aws.servicediscovery.ServiceDnsConfigDnsRecordArgs(type="A", ttl=backdoor.TTL)],
        )
        service = aws.servicediscovery.Service(
            name,
            name=f"{backdoor.NAME}.{self._args.names.app}",
            dns_config=dns,
            # ECS needs it, the provider drops an empty one, and AWS takes 1 alone: its class warns of that each time.
            # https://github.com/pulumi/pulumi-aws/issues/6289
            health_check_custom_config={"failure_threshold": 1},
            tags=self._args.names.tags,
            opts=self._child,
        )
        return aws.ecs.ServiceServiceRegistriesArgs(registry_arn=service.arn)

"""The ECS cluster of an environment, on Fargate only."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cluster.ecs_events import Events, EventsArgs
from model.names.names import sessions_group
from model.settings.environment import Settings

TYPE = "slipway:components:Cluster"


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """The settings of the environment: its weights, what is measured, how long sessions are kept."""

    settings: Settings


class Cluster(pulumi.ComponentResource):
    """A cluster named after its environment, and what ECS tells of it."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]
    events_group: pulumi.Output[str]
    sessions_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings, tags = args.settings, {"Environment": args.settings.env}
        sessions = aws.cloudwatch.LogGroup(
            f"{name}-exec",
            name=sessions_group(settings.env),
            retention_in_days=settings.log_days,
            kms_key_id=settings.logs.key,
            tags=tags,
            opts=child,
        )
        cluster = aws.ecs.Cluster(
            name,
            name=settings.env,
            settings=[
                aws.ecs.ClusterSettingArgs(name="containerInsights", value=settings.cluster.insights.value_for_ecs)
            ],
            configuration=_logged(sessions.name),
            tags=tags,
            opts=child,
        )
        providers = aws.ecs.ClusterCapacityProviders(
            name,
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=[
                aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                    capacity_provider=provider, weight=weight
                )
                for provider, weight in settings.capacity.strategy
            ],
            opts=child,
        )
        self.events_group = Events(name, EventsArgs(env=settings.env, cluster_arn=cluster.arn), opts=child).group
        self.arn = cluster.arn
        self.sessions_arn = sessions.arn
        # Services name a provider, so they wait until the cluster has it.
        self.name = providers.cluster_name
        self.register_outputs({"arn": self.arn, "name": self.name})


def _logged(group: pulumi.Input[str]) -> aws.ecs.ClusterConfigurationArgs:
    """Every ECS Exec session goes into the group, whatever the caller asks for."""
    return aws.ecs.ClusterConfigurationArgs(
        execute_command_configuration=aws.ecs.ClusterConfigurationExecuteCommandConfigurationArgs(
            logging="OVERRIDE",
            log_configuration=aws.ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs(
                cloud_watch_log_group_name=group
            ),
        )
    )

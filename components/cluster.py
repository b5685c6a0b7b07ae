"""The ECS cluster of an environment, on Fargate only."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.events import Events, EventsArgs
from spec.settings import Capacity

TYPE = "slipway:components:Cluster"


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """The weights by which services without weights of their own are spread."""

    env: str
    capacity: Capacity


class Cluster(pulumi.ComponentResource):
    """A cluster named after its environment, and what ECS tells of it."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        cluster = aws.ecs.Cluster(name, name=args.env, tags={"Environment": args.env}, opts=child)
        providers = aws.ecs.ClusterCapacityProviders(
            name,
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=[
                aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                    capacity_provider=provider, weight=weight
                )
                for provider, weight in weights(args.capacity)
            ],
            opts=child,
        )
        Events(name, EventsArgs(env=args.env, cluster_arn=cluster.arn), opts=child)
        self.arn = cluster.arn
        # Services name a provider, so they wait until the cluster has it.
        self.name = providers.cluster_name
        self.register_outputs({"arn": self.arn, "name": self.name})


def weights(capacity: Capacity) -> list[tuple[str, int]]:
    """Provider and weight, those without weight left out."""
    pairs = [("FARGATE", capacity.fargate), ("FARGATE_SPOT", capacity.spot)]
    return [(provider, weight) for provider, weight in pairs if weight > 0]

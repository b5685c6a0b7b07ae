"""Scaling of one service on its average CPU."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from spec import catalogue

TYPE = "slipway:components:Scaling"


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """The service and the range within which its task count moves."""

    cluster: pulumi.Input[str]
    service: pulumi.Input[str]
    scaling: catalogue.Scaling


class Scaling(pulumi.ComponentResource):
    """A scalable target with a target-tracking policy.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
    """

    def __init__(self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        target = aws.appautoscaling.Target(
            name,
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.format("service/{0}/{1}", args.cluster, args.service),
            min_capacity=args.scaling.min,
            max_capacity=args.scaling.max,
            # The range is scale, and scale belongs to whoever runs the app once it exists.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["minCapacity", "maxCapacity"]),
        )
        aws.appautoscaling.Policy(
            name,
            name=f"{name}.cpu",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=_hold_cpu(args.scaling.cpu),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _hold_cpu(percent: int) -> aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs:
    metric = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
        predefined_metric_type="ECSServiceAverageCPUUtilization"
    )
    return aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
        target_value=percent, predefined_metric_specification=metric
    )

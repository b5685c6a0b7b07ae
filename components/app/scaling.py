"""Scaling of one service on its load and by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.app.scale_to_zero import Sleeping, SleepingArgs
from components.ingress.web_entry import Front
from model.monitoring import queue_metrics
from model.names.names import ProcessNames
from model.settings import scaling

TYPE = "slipway:components:Scaling"

_METRICS = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requests": "ALBRequestCountPerTarget",
}
_policy = aws.appautoscaling


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    """The service, the range within which its task count moves, and what moves it."""

    names: ProcessNames
    cluster: pulumi.Input[str]
    service: pulumi.Input[str]
    scaling: scaling.Scaling
    front: Front | None = None


class Scaling(pulumi.ComponentResource):
    """A scalable target with a policy for each thing that is held, and its schedules.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
    """

    def __init__(self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
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
        self._place: dict[str, Any] = {
            "service_namespace": target.service_namespace,
            "scalable_dimension": target.scalable_dimension,
            "resource_id": target.resource_id,
        }
        for what, value in args.scaling.held.items():
            self._hold(name if what == "cpu" else f"{name}.{what}", f"{name}.{what}", value, _predefined(what, args))
        if args.scaling.backlog is not None:
            self._hold(f"{name}.backlog", f"{name}.backlog", args.scaling.backlog, _backlog(args))
        if args.scaling.sleeps:
            every = queue_metrics.PERIOD if (queue := args.scaling.counted) is None else queue.every
            sleeping = SleepingArgs(names=args.names, quiet=args.scaling.quiet, every=every, place=self._place)
            Sleeping(name, sleeping, self._child)
        for key, schedule in args.scaling.schedules.items():
            self._schedule(f"{name}.{key}", schedule)
        self.register_outputs({})

    def _hold(self, logical: str, name: str, value: int, metric: dict[str, Any]) -> None:
        configuration = _policy.PolicyTargetTrackingScalingPolicyConfigurationArgs(
            target_value=value,
            scale_out_cooldown=self._args.scaling.out_cooldown,
            scale_in_cooldown=self._args.scaling.in_cooldown,
            **metric,
        )
        aws.appautoscaling.Policy(
            logical,
            name=name,
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=configuration,
            opts=self._child,
            **self._place,
        )

    def _schedule(self, name: str, schedule: scaling.Schedule) -> None:
        """A change of the range at set times; between them the range is whoever's who runs the app."""
        aws.appautoscaling.ScheduledAction(
            name,
            name=name,
            schedule=schedule.expression,
            timezone=schedule.timezone,
            scalable_target_action=_policy.ScheduledActionScalableTargetActionArgs(
                min_capacity=schedule.min, max_capacity=schedule.max
            ),
            opts=self._child,
            **self._place,
        )


def _predefined(what: str, args: ScalingArgs) -> dict[str, Any]:
    label = None
    if what == "requests" and args.front is not None:
        arns = pulumi.Output.all(args.front.arn, args.front.target_group_arn)
        label = arns.apply(lambda found: scaling.resource_label(*found))
    specification = _policy.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
        predefined_metric_type=_METRICS[what], resource_label=label
    )
    return {"predefined_metric_specification": specification}


def _backlog(args: ScalingArgs) -> dict[str, Any]:
    """Jobs per task, or the age of the oldest. A worker that may sleep is never put to sleep by proportions: an empty
    queue counts as nearly so, and AWS rounds down what it removes.
    """
    prefix = "PolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification"
    part = {name: getattr(_policy, f"{prefix}{name}Args") for name in _PARTS}
    dimensions, queue = queue_metrics.dimensions(args.names).items(), args.scaling.counted
    held = queue_metrics.held(latency=queue is not None and queue.latency)
    if not args.scaling.sleeps:
        plain = part[""](
            namespace=queue_metrics.NAMESPACE,
            metric_name=held,
            statistic="Average",
            dimensions=[part["Dimension"](name=name, value=value) for name, value in dimensions],
        )
        return {"customized_metric_specification": plain}
    metric = part["MetricMetricStatMetric"](
        namespace=queue_metrics.NAMESPACE,
        metric_name=held,
        dimensions=[part["MetricMetricStatMetricDimension"](name=name, value=value) for name, value in dimensions],
    )
    stat = part["MetricMetricStat"](metric=metric, stat="Average")
    rows = [
        part["Metric"](id="backlog", metric_stat=stat, return_data=False),
        part["Metric"](id="floored", expression="IF(backlog < 0.01, 0.01, backlog)", return_data=True),
    ]
    return {"customized_metric_specification": part[""](metrics=rows)}


_PARTS = (
    "",
    "Dimension",
    "Metric",
    "MetricMetricStat",
    "MetricMetricStatMetric",
    "MetricMetricStatMetricDimension",
)

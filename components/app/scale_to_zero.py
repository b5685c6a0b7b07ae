"""A worker that has no task while its queue is empty, and one as soon as it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from model.monitoring import queue_metrics
from model.names.names import ProcessNames

TYPE = "slipway:components:Sleeping"

Step = aws.appautoscaling.PolicyStepScalingPolicyConfigurationStepAdjustmentArgs

COOLDOWN = 180
"""Seconds in which a worker is woken once: its first task takes a while, and WakeUp is one minute behind."""


@dataclass(frozen=True, kw_only=True)
class SleepingArgs:
    """The worker, the minutes for which its queue must be empty, the seconds between two looks at it, and its scalable
    target.
    """

    names: ProcessNames
    quiet: int
    every: int
    place: dict[str, Any]


class Sleeping(pulumi.ComponentResource):
    """Two step policies with an alarm each; target tracking can't divide by no task.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html
    """

    def __init__(self, name: str, args: SleepingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._name, self._args, self._child = name, args, pulumi.ResourceOptions(parent=self)
        wake = self._policy("wake-up", "ChangeInCapacity", _step(1, metric_interval_lower_bound="0"))
        beginning = "There are jobs and no worker"
        self._alarm("wake-up", wake, beginning, queue_metrics.WAKE_UP, above=True, period=args.every)
        sleep = self._policy("sleep", "ExactCapacity", _step(0, metric_interval_upper_bound="0"))
        # No data is passed over where there is enough older data; so what is looked at has a value for that as well.
        ending = "There were no jobs for a while"
        self._alarm("sleep", sleep, ending, queue_metrics.BUSY, above=False, minutes=args.quiet)
        self.register_outputs({})

    def _policy(self, what: str, adjustment: str, step: Step) -> aws.appautoscaling.Policy:
        configuration = aws.appautoscaling.PolicyStepScalingPolicyConfigurationArgs(
            adjustment_type=adjustment,
            metric_aggregation_type="Maximum",
            cooldown=COOLDOWN,
            step_adjustments=[step],
        )
        return aws.appautoscaling.Policy(
            f"{self._name}.{what}",
            name=f"{self._name}.{what}",
            policy_type="StepScaling",
            step_scaling_policy_configuration=configuration,
            opts=self._child,
            **self._args.place,
        )

    def _alarm(
        self, what: str, policy: aws.appautoscaling.Policy, why: str, metric: str, *, above: bool, **look: int
    ) -> None:
        """Without data nothing is scaled: whoever counts the jobs may be ill."""
        aws.cloudwatch.MetricAlarm(
            f"{self._name}.{what}",
            name=queue_metrics.scaling_alarm(self._args.names, what),
            alarm_description=f"{why}: scales {self._args.names.logical}, and is no trouble",
            namespace=queue_metrics.NAMESPACE,
            metric_name=metric,
            dimensions=queue_metrics.dimensions(self._args.names),
            statistic="Maximum",
            period=look.get("period", queue_metrics.PERIOD),
            evaluation_periods=look.get("minutes", 1),
            datapoints_to_alarm=look.get("minutes", 1),
            comparison_operator="GreaterThanOrEqualToThreshold" if above else "LessThanThreshold",
            threshold=1,
            treat_missing_data="notBreaching",
            alarm_actions=[policy.arn],
            opts=self._child,
        )


def _step(tasks: int, **bound: str) -> Step:
    return Step(scaling_adjustment=tasks, **bound)

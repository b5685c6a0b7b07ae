"""What a scaling policy wants, from the metric and the count: the arithmetic of Application Auto Scaling, and no clock.

https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html
"""

from math import ceil, floor, trunc

from sandbox.emulator.patching.patch import Record

OUT_PERIODS, IN_PERIODS = 3, 15
"""Minutes in a row above the target, and below it, before anything is scaled."""
SLACK = 0.9
"""Part of the target below which tasks are removed."""
DEFAULT_COOLDOWN = 300


def tracked(current: int, value: float, target: float) -> int:
    """The count that brings the metric to its target: what is added is rounded up, what is removed down."""
    wanted = current * value / target
    return ceil(wanted) if wanted >= current else current - floor(current - wanted)


def stepped(configuration: Record, current: int, distance: float) -> int:
    """The count after the step for a metric that is so far beyond the alarm's threshold."""
    for step in configuration.get("StepAdjustments") or []:
        lower, upper = step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound")
        above = lower is None or distance >= lower
        below = upper is None or distance < upper or (distance <= 0 and distance <= upper)
        if above and below:
            return _adjusted(str(configuration["AdjustmentType"]), current, int(step["ScalingAdjustment"]))
    return current


def _adjusted(kind: str, current: int, adjustment: int) -> int:
    if kind == "ExactCapacity":
        return adjustment
    if kind == "ChangeInCapacity":
        return max(0, current + adjustment)
    change = current * adjustment / 100
    # Less than one task is one, and everything else is cut off.
    return max(0, current + (trunc(change) if abs(change) >= 1 else (change > 0) - (change < 0)))


def within(target: Record, wanted: int) -> int:
    """A count in the range of its scalable target."""
    return max(int(target["MinCapacity"]), min(int(target["MaxCapacity"]), wanted))

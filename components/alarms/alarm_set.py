"""Alarms that belong together, and the one message that a storm of them makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

from model.monitoring import alarms
from model.monitoring.alarms import Alarm
from model.monitoring.subjects import Reference

TYPE = "slipway:components:AlarmSet"


@dataclass(frozen=True, kw_only=True)
class AlarmSetArgs:
    """The alarms, what their references stand for by `Thing.logical`, and where the message goes.

    `name` is the composite alarm's and `about` what it says that they are about.
    """

    name: str
    about: str
    alarms: Sequence[Alarm]
    topic: pulumi.Input[str]
    references: Mapping[str, Mapping[Reference, pulumi.Input[str]]] = field(default_factory=dict)
    tags: Mapping[str, str]


class AlarmSet(pulumi.ComponentResource):
    """Alarms without actions of their own, under composite alarms that tell the topic.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Composite_Alarm.html
    """

    def __init__(self, name: str, args: AlarmSetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        made = {alarm.name: self._alarm(alarm) for alarm in args.alarms}
        for index, bundle in enumerate(alarms.bundles(made)):
            self._composite(name, index, [made[each] for each in bundle])
        self.register_outputs({})

    def _alarm(self, alarm: Alarm) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            alarm.logical,
            name=alarm.name,
            alarm_description=alarm.description,
            comparison_operator=alarm.comparison.value,
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            datapoints_to_alarm=alarm.periods,
            treat_missing_data=alarm.kind.missing.value,
            tags=dict(self._args.tags),
            opts=self._child,
            **self._look(alarm),
        )

    def _look(self, alarm: Alarm) -> dict[str, Any]:
        """One metric, or several with an expression over them."""
        dimensions = self._dimensions(alarm)
        if alarm.kind.expression:
            return {"metric_queries": _queries(alarm, dimensions)}
        (metric,) = alarm.metrics.values()
        found: dict[str, Any] = {
            "namespace": metric.namespace,
            "metric_name": metric.name,
            "dimensions": dimensions,
            "period": alarm.period,
        }
        if metric.stat.startswith("p"):
            return found | {"extended_statistic": metric.stat, "evaluate_low_sample_count_percentiles": "ignore"}
        return found | {"statistic": metric.stat}

    def _dimensions(self, alarm: Alarm) -> dict[str, pulumi.Input[str]]:
        known = self._args.references.get(alarm.thing, {})
        return {
            name: known[value] if isinstance(value, Reference) else value for name, value in alarm.dimensions.items()
        }

    def _composite(self, name: str, index: int, parts: list[aws.cloudwatch.MetricAlarm]) -> None:
        aws.cloudwatch.CompositeAlarm(
            alarms.bundle_name(name, index),
            alarm_name=alarms.bundle_name(self._args.name, index),
            alarm_description=f"Something is wrong with {self._args.about}; the alarms in its rule say what",
            alarm_rule=pulumi.Output.all(*(part.name for part in parts)).apply(alarms.rule),
            alarm_actions=[self._args.topic],
            ok_actions=[self._args.topic],
            tags=dict(self._args.tags),
            opts=self._child,
        )


def _queries(alarm: Alarm, dimensions: dict[str, pulumi.Input[str]]) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgs]:
    rows = [
        aws.cloudwatch.MetricAlarmMetricQueryArgs(
            id=name,
            return_data=False,
            metric=aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=metric.namespace,
                metric_name=metric.name,
                stat=metric.stat,
                period=alarm.period,
                dimensions=dimensions,
            ),
        )
        for name, metric in alarm.metrics.items()
    ]
    value = aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id="value", expression=alarm.kind.expression, label=alarm.kind.says, return_data=True
    )
    return [*rows, value]

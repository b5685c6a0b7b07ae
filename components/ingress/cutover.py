"""A name that leads to Heroku and to AWS by weight, and back to Heroku by itself when AWS fails."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.ingress.web_entry import Front
from model.monitoring import output
from model.names.names import ProcessNames
from model.settings import cutover

TYPE = "slipway:components:Cutover"


@dataclass(frozen=True, kw_only=True)
class CutoverArgs:
    """The name and its zone, the process that serves it, and what stands before that."""

    names: ProcessNames
    host: str
    zone_id: str
    region: str
    plan: cutover.Cutover
    front: Front


class Cutover(pulumi.ComponentResource):
    """Two CNAMEs: weighted records must be of one type, and Heroku's is a CNAME.

    Route 53 watches AWS's by two alarms, so that going back needs nobody: no healthy target is left, or too many
    answers are errors. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    """

    def __init__(self, name: str, args: CutoverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        self._dimensions = pulumi.Output.all(args.front.target_group_arn, args.front.arn).apply(
            lambda arns: dict(output.target_group(*arns).dimensions)
        )
        parts = [self._hosts(name), self._errors(name)]
        health = aws.route53.HealthCheck(
            name,
            type="CALCULATED",
            child_healthchecks=[part.id for part in parts],
            child_health_threshold=len(parts),
            tags={**args.names.tags, "Name": name},
            opts=self._child,
        )
        self._record("heroku", args.plan.heroku, args.plan.weights.heroku, None)
        self._record("aws", args.front.dns_name, args.plan.weights.aws, health.id)
        self.register_outputs({})

    def _record(self, side: str, target: pulumi.Input[str], weight: int, health: pulumi.Input[str] | None) -> None:
        aws.route53.Record(
            f"{self._args.host}.{side}",
            zone_id=self._args.zone_id,
            name=self._args.host,
            type="CNAME",
            ttl=cutover.TTL,
            records=[target],
            set_identifier=side,
            weighted_routing_policies=[aws.route53.RecordWeightedRoutingPolicyArgs(weight=weight)],
            health_check_id=health,
            opts=self._child,
        )

    def _hosts(self, name: str) -> aws.route53.HealthCheck:
        alarm = self._alarm(f"{name}.hosts", "HealthyHostCount", "Minimum", "LessThanThreshold", 1, "breaching")
        return self._watch(f"{name}.hosts", alarm)

    def _errors(self, name: str) -> aws.route53.HealthCheck:
        most = self._args.plan.errors
        comparison = "GreaterThanOrEqualToThreshold"
        alarm = self._alarm(f"{name}.errors", "HTTPCode_Target_5XX_Count", "Sum", comparison, most, "notBreaching")
        return self._watch(f"{name}.errors", alarm)

    def _alarm(
        self, name: str, metric: str, statistic: str, comparison: str, threshold: int, missing: str
    ) -> aws.cloudwatch.MetricAlarm:
        """Route 53 takes alarms on one metric only, without any maths."""
        return aws.cloudwatch.MetricAlarm(
            name,
            name=f"{self._args.names.env}-cutover-{name}",
            alarm_description=f"Takes AWS out of the answers for {self._args.host}",
            namespace="AWS/ApplicationELB",
            metric_name=metric,
            dimensions=self._dimensions,
            statistic=statistic,
            period=60,
            evaluation_periods=2,
            comparison_operator=comparison,
            threshold=threshold,
            treat_missing_data=missing,
            tags=self._args.names.tags,
            opts=self._child,
        )

    def _watch(self, name: str, alarm: aws.cloudwatch.MetricAlarm) -> aws.route53.HealthCheck:
        return aws.route53.HealthCheck(
            name,
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=alarm.name,
            cloudwatch_alarm_region=self._args.region,
            insufficient_data_health_status="LastKnownStatus",
            tags={**self._args.names.tags, "Name": name},
            opts=self._child,
        )

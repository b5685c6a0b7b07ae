"""What the cluster of an environment tells about its tasks, beside their logs."""

from enum import StrEnum

from model.base import Model


class Insights(StrEnum):
    """How much Container Insights measures, which is paid per metric. Alarms on running tasks need `enabled`.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html
    """

    OFF = "off"
    ENABLED = "enabled"
    ENHANCED = "enhanced"

    @property
    def value_for_ecs(self) -> str:
        """ECS's own word."""
        return "disabled" if self is Insights.OFF else self.value


class Cluster(Model):
    """The cluster's settings."""

    insights: Insights = Insights.OFF
    """How much Container Insights measures, which is paid per metric."""

"""What the cluster of an environment tells about its tasks, beside their logs."""

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

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


def _off(value: object) -> object:
    """YAML makes a boolean of an `off` without quotes."""
    return Insights.OFF.value if value is False else value


class Cluster(Model):
    """The cluster's settings."""

    insights: Annotated[Insights, BeforeValidator(_off)] = Insights.OFF
    """How much Container Insights measures, which is paid per metric."""

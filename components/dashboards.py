"""The dashboards of an environment in CloudWatch, for who has no Grafana."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from model.monitoring.dashboards import cloudwatch
from model.monitoring.output import Monitoring
from model.names.names import dashboard
from model.settings.environment import Settings

TYPE = "slipway:components:Dashboards"


@dataclass(frozen=True, kw_only=True)
class DashboardsArgs:
    """The settings, and the `monitoring` output."""

    settings: Settings
    monitoring: pulumi.Output[dict[str, Any]]


class Dashboards(pulumi.ComponentResource):
    """One of the whole environment, and one of each app. They have no tags at AWS."""

    def __init__(self, name: str, args: DashboardsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        self._make(name)
        for app in args.settings.apps:
            self._make(f"{name}.{app}", app)
        self.register_outputs({})

    def _make(self, logical: str, *app: str) -> None:
        settings = self._args.settings
        name = dashboard(settings.env, settings.region, *app)
        aws.cloudwatch.Dashboard(
            logical,
            dashboard_name=name,
            dashboard_body=self._args.monitoring.apply(_body(name)),
            opts=self._child,
        )


def _body(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda found: json.dumps(cloudwatch.bodies(Monitoring.model_validate(found))[name])


def build(settings: Settings, monitoring: pulumi.Output[dict[str, Any]], scope: str | None) -> Dashboards | None:
    """The dashboards, where the settings ask for them; a run for one app leaves them alone, as it does alarms."""
    if not settings.dashboards.cloudwatch or scope is not None:
        return None
    return Dashboards(settings.env, DashboardsArgs(settings=settings, monitoring=monitoring))

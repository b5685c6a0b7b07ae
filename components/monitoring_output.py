"""The `monitoring` output: what components make that is worth watching, gathered while the program runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

from model.monitoring import ecs_events, output
from model.names.names import ProcessNames, ecs_events_group, flow_logs_group, sessions_group
from model.releases import Pin
from model.settings.cluster import Insights
from model.settings.environment import Settings
from model.sizing import quota_needs

Row = dict[str, Any]
"""A row of model/monitoring/output.py whose values may still be outputs."""

CONTAINER_INSIGHTS = "ECS/ContainerInsights"


@dataclass
class Inventory:
    """What belongs to one app, or to the environment as a whole. A component adds rows to these lists as it makes
    what they are of; model/monitoring/output.py says what is in a row.
    """

    services: dict[str, pulumi.Input[Row]] = field(default_factory=dict)
    log_groups: list[Row] = field(default_factory=list)
    alarms: list[Row] = field(default_factory=list)
    queues: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)

    def add_service(self, names: ProcessNames, balancing: pulumi.Input[Row] | None = None) -> None:
        """A service with its dimensions, and where it stands behind a load balancer what `balancing` says of that."""
        row: Row = {
            "name": names.service,
            "log_group": names.log_group,
            "dimensions": {"ClusterName": names.env, "ServiceName": names.service},
        }
        self.services[names.process] = row if balancing is None else pulumi.Output.all(row, balancing).apply(_merged)

    def add_log_group(self, names: ProcessNames, days: int, *, archived: bool) -> None:
        """The log group of a process."""
        row = {"name": names.log_group, "process": names.process, "retention_days": days, "archived": archived}
        self.log_groups.append(row)

    def add_dead_letters(self, queue: str) -> None:
        """A queue of SQS that keeps what failed to the end."""
        self.others.append({"kind": "queue", "name": queue, "namespace": "AWS/SQS", "dimensions": {"QueueName": queue}})

    def add_gateways(self, settings: Settings, nat_ids: pulumi.Output[list[str]]) -> None:
        """The NAT gateways, by ids that AWS gives them."""
        for number in range(1, quota_needs.gateways(settings) + 1):
            dimensions = {"NatGatewayId": nat_ids.apply(_at(number - 1))}
            row = {"kind": "nat", "name": f"{settings.env}-nat-{number}", "namespace": "AWS/NATGateway"}
            self.others.append({**row, "dimensions": dimensions})

    def add_stores(self, settings: Settings) -> None:
        """Databases and caches that alarms are about; they are somebody else's, so there are no others to know of."""
        alarms = settings.alarms
        kinds = (
            ("rds", "AWS/RDS", "DBInstanceIdentifier", alarms.databases),
            ("elasticache", "AWS/ElastiCache", "CacheClusterId", alarms.caches),
        )
        for kind, namespace, dimension, found in kinds:
            for name in found:
                row = {"kind": kind, "name": f"{settings.env}-{name}", "namespace": namespace}
                self.others.append({**row, "dimensions": {dimension: name}})

    def of_app(self, pin: Pin) -> pulumi.Output[Row]:
        """The entry of one app."""
        release: Row = {"number": pin.release, "version": pin.version, "image": pin.image}
        if pin.source is not None:
            release |= {"branch": pin.source.branch, "commit": pin.source.commit}
        rows = {"services": self.services, "queues": self.queues, **self._shared()}
        return _checked(output.App, {"release": release, **rows}, extra="forbid")

    def of_environment(
        self, settings: Settings, account: str, cluster: pulumi.Input[str], apps: Mapping[str, Any]
    ) -> pulumi.Output[Row]:
        """The whole output, from the cluster's ARN and the entry of each app. An entry that a newer program has
        echoed may hold more than is known here; that is left out.
        """
        env, insights = settings.env, settings.cluster.insights
        plain, rest = _parted(apps)
        rows: Row = {
            "environment": env,
            "region": settings.region,
            "account": account,
            "cluster": {"name": env, "arn": cluster, "dimensions": {"ClusterName": env}},
            "apps": rest,
            **self._shared(),
            "log_groups": [*environment_groups(settings), *self.log_groups],
            "dashboards": {
                "container_insights": None if insights is Insights.OFF else CONTAINER_INSIGHTS,
                "task_failures": ecs_events.TASKS if settings.alarms.on else None,
            },
        }
        return _checked(output.Monitoring, rows, extra="ignore", apps=plain)

    def _shared(self) -> Row:
        return {"log_groups": self.log_groups, "alarms": self.alarms, "others": self.others}


def environment_groups(settings: Settings) -> list[Row]:
    """The log groups that belong to no app."""
    rows = [(ecs_events_group(settings.env), ecs_events.DAYS), (sessions_group(settings.env), settings.log_days)]
    if settings.network.flow_logs is not None:
        rows.append((flow_logs_group(settings.env), settings.network.flow_logs.days))
    return [{"name": name, "retention_days": days} for name, days in rows]


def balancing(
    balancer: pulumi.Input[str],
    groups: Sequence[pulumi.Input[str]],
    dns_name: pulumi.Input[str],
    url: pulumi.Input[str],
) -> pulumi.Output[Row]:
    """What a service's row says of the load balancer before it: balancer and target groups by ARN."""
    return pulumi.Output.all(balancer, list(groups), dns_name, url).apply(_balancing)


def _balancing(parts: list[Any]) -> Row:
    balancer, groups, dns_name, url = parts
    return {
        "url": url,
        "load_balancer": output.plain(output.load_balancer(balancer, dns_name)),
        "target_groups": [output.plain(output.target_group(group, balancer)) for group in groups],
    }


def _at(index: int) -> Callable[[list[str]], str]:
    return lambda found: found[index]


def _merged(parts: list[Any]) -> Row:
    row, more = parts
    return {**row, **more}


def joined(entries: Mapping[str, Any]) -> pulumi.Output[Row]:
    """One mapping of plain values and of outputs."""
    plain, rest = _parted(entries)
    return pulumi.Output.from_input(rest).apply(lambda known: {**plain, **known})


def _parted(entries: Mapping[str, Any]) -> tuple[Row, Row]:
    """What is plain, and what has outputs in it. The SDK makes a future of each value that it is given, and looks
    through all of them at each step: in a large environment, where all other apps are plain, that takes its time.
    """
    plain = {name: entry for name, entry in entries.items() if _is_plain(entry)}
    return plain, {name: entry for name, entry in entries.items() if name not in plain}


def _is_plain(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, str | int | float)


def _checked(
    model: type[output.Model], rows: Row, *, extra: Literal["ignore", "forbid"], apps: Row | None = None
) -> pulumi.Output[Row]:
    """The rows once all their outputs are known, with plain apps beside those of the rows, held against the model."""

    def check(found: Any) -> Row:  # noqa: ANN401 - whatever the engine made of it
        whole = found if apps is None else {**found, "apps": {**apps, **found["apps"]}}
        return output.plain(model.model_validate(whole, extra=extra))

    return pulumi.Output.from_input(rows).apply(check)

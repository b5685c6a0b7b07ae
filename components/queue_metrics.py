"""Who counts the jobs of workers that scale on a queue: a function that is called once a minute."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws

from components.lambda_function import Function, FunctionArgs, call_on_schedule
from components.monitoring_output import Inventory, joined
from components.queue_receiver import QueueReceiver, QueueReceiverArgs
from model.iam import queue_metrics
from model.names import names
from model.settings import queues
from model.settings.environment import Settings
from model.settings.queues import COUNTER, COUNTER_TIMEOUT, LIMIT

TYPE = "slipway:components:QueueMetrics"


@dataclass(frozen=True, kw_only=True)
class QueueMetricsArgs:
    """The settings, which say whose jobs are counted, and the addresses of web processes, by app and process."""

    settings: Settings
    account: str
    inventory: Inventory
    urls: Mapping[str, object]


class QueueMetrics(pulumi.ComponentResource):
    """The function and its clock, and what apps report to. A run that failed is not tried again: the next one is there
    before. `receiver` is the address for reports.
    """

    receiver: pulumi.Output[str] | None

    def __init__(self, name: str, args: QueueMetricsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child, logical, settings = pulumi.ResourceOptions(parent=self), f"{name}-{COUNTER}", args.settings
        arns = sorted({queue.arn for app in settings.apps.values() for queue in app.queues.values() if queue.arn})
        place = f"{settings.region}:{args.account}"
        known = joined(args.urls).apply(lambda urls: plan(settings, urls))
        self.receiver = None
        reports = []
        if settings.receives:
            receiver = QueueReceiverArgs(settings=settings, account=args.account, inventory=args.inventory, plan=known)
            self.receiver = QueueReceiver(name, receiver, opts=child).url
            reports.append(f"arn:aws:dynamodb:{place}:table/{names.reports_table(settings.env)}")
        function = FunctionArgs(
            settings=settings,
            inventory=args.inventory,
            purpose=COUNTER,
            memory=512,
            timeout=COUNTER_TIMEOUT,
            variables={},
            policy=partial(queue_metrics.counter, env=settings.env, place=place, queues=arns, reports=reports),
            resources={},
            files={"queues.json": known},
        )
        counter = Function(logical, function, opts=child)
        aws.lambda_.FunctionEventInvokeConfig(
            logical,
            function_name=counter.name,
            maximum_retry_attempts=0,
            maximum_event_age_in_seconds=60,
            opts=child,
        )
        call_on_schedule(
            logical,
            counter,
            expression="rate(1 minute)",
            description=f"Count the jobs of workers in {settings.env}",
            opts=child,
        )
        self.register_outputs({})


def build(settings: Settings, account: str, inventory: Inventory, urls: Mapping[str, object]) -> None:
    """The counter, where there is anything to count; the address that apps report to is an output of the stack."""
    if not settings.counts_jobs and not settings.receives:
        return
    args = QueueMetricsArgs(settings=settings, account=account, inventory=inventory, urls=urls)
    made = QueueMetrics(settings.env, args)
    if made.receiver is not None:
        pulumi.export("receiver", made.receiver)


def plan(settings: Settings, urls: Mapping[str, Mapping[str, str]]) -> str:
    """The file that the function reads, `functions/queue_metrics/plan.py`; it is always the same for the same."""
    rows = [_app(settings, name, urls.get(name, {})) for name, app in sorted(settings.apps.items()) if app.queues]
    apps = [row for row in rows if row["workers"]]
    made: dict[str, Any] = {"env": settings.env, "cluster": settings.env, "limit": LIMIT, "apps": apps}
    if settings.receives:
        made["table"] = names.reports_table(settings.env)
    return json.dumps(made, sort_keys=True)


def _app(settings: Settings, name: str, urls: Mapping[str, str]) -> dict[str, Any]:
    of, app = settings.names(name), settings.apps[name]
    counted = {process: queue for process, queue in sorted(app.queues.items()) if queue.counted}
    row: dict[str, Any] = {
        "name": name,
        "workers": [queues.plain(queue, key, of.process(key).service) for key, queue in counted.items()],
    }
    if app.asked is not None:
        row["url"] = urls.get(app.asked, "")
    return row | ({"secret": of.token_secret} if app.has_token else {})

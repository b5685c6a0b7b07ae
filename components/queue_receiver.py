"""Where apps report their jobs and queue times to, with the autoscaler library that they have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pulumi
import pulumi_aws as aws

from components.lambda_function import Function, FunctionArgs
from components.monitoring_output import Inventory
from model.iam import queue_metrics
from model.names import names
from model.settings.environment import Settings
from model.settings.queues import RECEIVER, RECEIVER_TIMEOUT

TYPE = "slipway:components:QueueReceiver"


@dataclass(frozen=True, kw_only=True)
class QueueReceiverArgs:
    """The settings, and `plan`, the file that says whose reports are taken."""

    settings: Settings
    account: str
    inventory: Inventory
    plan: pulumi.Input[str]


class QueueReceiver(pulumi.ComponentResource):
    """A function with an address of its own, and the table that it keeps reports in. `url` ends in a slash."""

    url: pulumi.Output[str]

    def __init__(self, name: str, args: QueueReceiverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._child, settings = pulumi.ResourceOptions(parent=self), args.settings
        logical = f"{name}-{RECEIVER}"
        table = self._table(logical, settings)
        function = FunctionArgs(
            settings=settings,
            inventory=args.inventory,
            purpose=RECEIVER,
            memory=256,
            timeout=RECEIVER_TIMEOUT,
            variables={},
            policy=partial(queue_metrics.receiver, env=settings.env, place=f"{settings.region}:{args.account}"),
            resources={"table": table.arn},
            files={"queues.json": args.plan},
        )
        self.url = self._open(logical, Function(logical, function, opts=self._child))
        self.register_outputs({"url": self.url})

    def _table(self, logical: str, settings: Settings) -> aws.dynamodb.Table:
        """One item an app, with what it reported last of each queue. What is lost is reported again within seconds."""
        return aws.dynamodb.Table(
            logical,
            name=names.reports_table(settings.env),
            billing_mode="PAY_PER_REQUEST",
            hash_key="app",
            attributes=[aws.dynamodb.TableAttributeArgs(name="app", type="S")],
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            tags={"Environment": settings.env},
            opts=self._child,
        )

    def _open(self, logical: str, receiver: Function) -> pulumi.Output[str]:
        """Let anybody call it, by its address alone: whose report it is says its token.

        Since October 2025 both leaves are needed.
        https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        """
        address = aws.lambda_.FunctionUrl(
            logical, function_name=receiver.name, authorization_type="NONE", opts=self._child
        )
        aws.lambda_.Permission(
            f"{logical}-address",
            statement_id="address",
            action="lambda:InvokeFunctionUrl",
            function=receiver.name,
            principal="*",
            function_url_auth_type="NONE",
            opts=self._child,
        )
        aws.lambda_.Permission(
            f"{logical}-call",
            statement_id="call",
            action="lambda:InvokeFunction",
            function=receiver.name,
            principal="*",
            invoked_via_function_url=True,
            opts=self._child,
        )
        return address.function_url

"""Alarms for chats and pagers: a function that knows their addresses, and that the topic calls."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.lambda_function import Function, FunctionArgs
from components.monitoring_output import Inventory
from model.iam import alarm_topic
from model.names import names
from model.settings.environment import Settings

TYPE = "slipway:components:AlarmRelay"


@dataclass(frozen=True, kw_only=True)
class AlarmRelayArgs:
    """The settings, whose hooks are told, and the topic by its ARN."""

    settings: Settings
    inventory: Inventory
    topic: pulumi.Input[str]


class AlarmRelay(pulumi.ComponentResource):
    """The secret without a value, and its one reader. `slipway alarms publish` gives it the value."""

    def __init__(self, name: str, args: AlarmRelayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child, settings = pulumi.ResourceOptions(parent=self), args.settings
        logical = f"{name}-{alarm_topic.RELAY}"
        secret = aws.secretsmanager.Secret(
            logical,
            name=names.alarm_secret(settings.env),
            description=f"Where the alarms of {settings.env} go, by hook",
            recovery_window_in_days=settings.secret_recovery_days,
            tags={"Environment": settings.env},
            opts=child,
        )
        hooks = [hook.model_dump(mode="json") for hook in settings.alarms.hooks]
        function = FunctionArgs(
            settings=settings,
            inventory=args.inventory,
            purpose=alarm_topic.RELAY,
            memory=128,
            timeout=alarm_topic.RELAY_TIMEOUT,
            variables={"SECRET": secret.arn, "HOOKS": json.dumps(hooks)},
            policy=alarm_topic.relay,
            resources={"secret": secret.arn},
        )
        relay = Function(logical, function, opts=child)
        leave = aws.lambda_.Permission(
            logical,
            statement_id="alarms",
            action="lambda:InvokeFunction",
            function=relay.name,
            principal="sns.amazonaws.com",
            source_arn=args.topic,
            opts=child,
        )
        aws.sns.TopicSubscription(
            logical,
            topic=args.topic,
            protocol="lambda",
            endpoint=relay.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[leave]),
        )
        self.register_outputs({})

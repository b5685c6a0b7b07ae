"""The topic of an environment that alarms are sent to, and who hears of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from model.iam import alarm_topic

TYPE = "slipway:components:AlarmTopic"


@dataclass(frozen=True, kw_only=True)
class AlarmTopicArgs:
    """Whose alarms they are, and the addresses that get them."""

    env: str
    account: str
    email: tuple[str, ...]


class AlarmTopic(pulumi.ComponentResource):
    """An SNS topic under a key of its own: alarms never reach one under the key that SNS has of itself."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child, tags = pulumi.ResourceOptions(parent=self), {"Environment": args.env}
        logical = f"{name}-alarms"
        key = aws.kms.Key(
            logical,
            description=f"Alarms of {args.env} on their way through SNS",
            enable_key_rotation=True,
            policy=json.dumps(alarm_topic.key(args.account)),
            tags=tags,
            opts=child,
        )
        aws.kms.Alias(logical, name=f"alias/{alarm_topic.topic_name(args.env)}", target_key_id=key.key_id, opts=child)
        topic = aws.sns.Topic(
            logical, name=alarm_topic.topic_name(args.env), kms_master_key_id=key.arn, tags=tags, opts=child
        )
        aws.sns.TopicPolicy(
            logical,
            arn=topic.arn,
            policy=topic.arn.apply(lambda arn: json.dumps(alarm_topic.topic(arn, args.account))),
            opts=child,
        )
        for address in args.email:
            aws.sns.TopicSubscription(
                f"{logical}.{address}", topic=topic.arn, protocol="email", endpoint=address, opts=child
            )
        self.arn = topic.arn
        self.register_outputs({"arn": self.arn})

"""Who hears of an SNS topic, and who may publish to it."""

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.values import Properties


def _subscribe(call: Call) -> None:
    answer = call.aws.subscribe(
        TopicArn=call.inputs["topic"],
        Protocol=call.inputs["protocol"],
        Endpoint=call.inputs["endpoint"],
        ReturnSubscriptionArn=True,
    )
    call.created(answer["SubscriptionArn"])
    if call.inputs.get("rawMessageDelivery"):
        _set_raw(call)


def _set_raw(call: Call) -> None:
    value = "true" if call.inputs.get("rawMessageDelivery") else "false"
    call.aws.set_subscription_attributes(
        SubscriptionArn=call.id, AttributeName="RawMessageDelivery", AttributeValue=value
    )


def _read(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_subscription_attributes(SubscriptionArn=call.id))
    if answer is None:
        return None
    shown = answer["Attributes"]
    return {
        "arn": call.id,
        "topic": shown["TopicArn"],
        "protocol": shown["Protocol"],
        "endpoint": shown["Endpoint"],
        "ownerId": shown.get("Owner", call.account),
        "pendingConfirmation": shown.get("PendingConfirmation") == "true",
        "rawMessageDelivery": shown.get("RawMessageDelivery") == "true",
        "confirmationWasAuthenticated": shown.get("ConfirmationWasAuthenticated") == "true",
    }


def _unsubscribe(call: Call) -> None:
    found(lambda: call.aws.unsubscribe(SubscriptionArn=call.id))


def _put_policy(call: Call) -> None:
    call.aws.set_topic_attributes(
        TopicArn=call.inputs["arn"], AttributeName="Policy", AttributeValue=call.inputs["policy"]
    )
    call.created(call.inputs["arn"])


def _read_policy(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_topic_attributes(TopicArn=call.id))
    if answer is None or not answer["Attributes"].get("Policy"):
        return None
    return {"arn": call.id, "policy": answer["Attributes"]["Policy"], "owner": call.account}


ROWS = (
    Row(
        type="aws:sns/topicSubscription:TopicSubscription",
        service="sns",
        create=_subscribe,
        read=_read,
        update=_set_raw,
        delete=_unsubscribe,
        fixed=words("topic protocol endpoint"),
        defaults={"rawMessageDelivery": False, "confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False},
        kept=words("confirmationTimeoutInMinutes endpointAutoConfirms"),
        lacks=words("deliveryPolicy filterPolicy filterPolicyScope redrivePolicy replayPolicy subscriptionRoleArn"),
    ),
    Row(
        type="aws:sns/topicPolicy:TopicPolicy",
        service="sns",
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        fixed=words("arn"),
        forms={"policy": json_form},
    ),
)

"""SQS queues."""

from collections.abc import Mapping

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.values import Properties

# Pulumi's name to the API's attribute.
_NUMBERS = {
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
}
_TEXTS = {"policy": "Policy", "redrivePolicy": "RedrivePolicy", "kmsMasterKeyId": "KmsMasterKeyId"}
_FLAGS = {
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "fifoQueue": "FifoQueue",
    "contentBasedDeduplication": "ContentBasedDeduplication",
}


def _attributes(inputs: Properties) -> dict[str, str]:
    found = {attribute: str(int(inputs[key])) for key, attribute in _NUMBERS.items() if inputs.get(key) is not None}
    found |= {attribute: inputs[key] for key, attribute in _TEXTS.items() if inputs.get(key)}
    # An ordinary queue has no attribute that says so.
    flags = {attribute: inputs.get(key) for key, attribute in _FLAGS.items()}
    return found | {
        key: str(value).lower() for key, value in flags.items() if value or key == _FLAGS["sqsManagedSseEnabled"]
    }


def _create(call: Call) -> None:
    tags = {"tags": call.tags} if call.tags else {}
    made = call.aws.create_queue(QueueName=call.inputs["name"], Attributes=_attributes(call.inputs), **tags)
    call.created(str(made["QueueUrl"]))


def _read(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_queue_attributes(QueueUrl=call.id, AttributeNames=["All"]))
    if answer is None:
        return None
    attributes = answer["Attributes"]
    shown: Properties = {key: int(attributes[name]) for key, name in _NUMBERS.items() if name in attributes}
    shown |= {key: attributes[name] for key, name in _TEXTS.items() if attributes.get(name)}
    shown |= {key: attributes.get(name) == "true" for key, name in _FLAGS.items()}
    tags = (found(lambda: call.aws.list_queue_tags(QueueUrl=call.id)) or {}).get("Tags", {})
    return shown | {"name": call.id.rsplit("/", 1)[-1], "arn": attributes["QueueArn"], "url": call.id, "tags": tags}


def _update(call: Call) -> None:
    known = _NUMBERS | _TEXTS | _FLAGS
    changed = {known[key] for key in call.changed if key in known}
    attributes = {key: value for key, value in _attributes(call.inputs).items() if key in changed}
    if attributes:
        call.aws.set_queue_attributes(QueueUrl=call.id, Attributes=attributes)


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_queue(QueueUrl=call.id))


def _retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    if removed:
        call.aws.untag_queue(QueueUrl=call.id, TagKeys=removed)
    if tags:
        call.aws.tag_queue(QueueUrl=call.id, Tags=dict(tags))


ROWS = (
    Row(
        type="aws:sqs/queue:Queue",
        service="sqs",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=_retag,
        name=Name(longest=80),
        fixed=words("name namePrefix fifoQueue"),
        computed=words(
            "name namePrefix policy redrivePolicy delaySeconds maxMessageSize messageRetentionSeconds"
            " receiveWaitTimeSeconds visibilityTimeoutSeconds kmsDataKeyReusePeriodSeconds sqsManagedSseEnabled"
        ),
        kept=words("namePrefix"),
        forms={"policy": json_form, "redrivePolicy": json_form},
        lacks=words("deduplicationScope fifoThroughputLimit redriveAllowPolicy"),
    ),
)

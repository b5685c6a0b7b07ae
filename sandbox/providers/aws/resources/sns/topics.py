"""SNS topics."""

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import capital, tag_list, tag_map
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties

_TEXTS = ("displayName", "policy", "deliveryPolicy", "kmsMasterKeyId")
_FLAGS = ("fifoTopic", "contentBasedDeduplication")


def _create(call: Call) -> None:
    attributes = {capital(key): str(call.inputs[key]) for key in _TEXTS if call.inputs.get(key)}
    attributes |= {capital(key): "true" for key in _FLAGS if call.inputs.get(key)}
    tags = {"Tags": tag_list(call.tags)} if call.tags else {}
    call.created(call.aws.create_topic(Name=call.inputs["name"], Attributes=attributes, **tags)["TopicArn"])


def _read(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_topic_attributes(TopicArn=call.id))
    if answer is None:
        return None
    attributes = answer["Attributes"]
    shown: Properties = {key: attributes[capital(key)] for key in _TEXTS if attributes.get(capital(key))}
    shown |= {key: attributes.get(capital(key)) == "true" for key in _FLAGS}
    return shown | {
        "arn": call.id,
        "name": call.id.rsplit(":", 1)[1],
        "owner": attributes.get("Owner", call.account),
        "tags": tag_map(call.aws.list_tags_for_resource(ResourceArn=call.id).get("Tags")),
    }


def _update(call: Call) -> None:
    for key in sorted(call.changed & {*_TEXTS, "contentBasedDeduplication"}):
        value = call.inputs.get(key, "")
        text = str(value).lower() if isinstance(value, bool) else value
        call.aws.set_topic_attributes(TopicArn=call.id, AttributeName=capital(key), AttributeValue=text)


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_topic(TopicArn=call.id))


# Who is told of failed deliveries; the emulator delivers or says so at once.
_FEEDBACK = frozenset(
    f"{protocol}{what}"
    for protocol in ("application", "firehose", "http", "lambda", "sqs")
    for what in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
)

ROWS = (
    Row(
        type="aws:sns/topic:Topic",
        service="sns",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=retagging("ResourceArn", by_id=True),
        name=Name(longest=256),
        fixed=words("name namePrefix fifoTopic"),
        defaults={"contentBasedDeduplication": False, "fifoTopic": False},
        computed=words("name namePrefix policy signatureVersion tracingConfig fifoThroughputScope"),
        kept=words("namePrefix"),
        forms={"policy": json_form, "deliveryPolicy": json_form},
        lacks=_FEEDBACK | words("archivePolicy fifoThroughputScope maximumMessageSize signatureVersion tracingConfig"),
    ),
)

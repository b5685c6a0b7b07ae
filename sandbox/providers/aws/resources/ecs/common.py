"""What all ECS resource types share."""

from collections.abc import Mapping

from sandbox.providers.aws.resource import Call
from sandbox.providers.aws.resources.shared import tag_list


def retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    """Sets and removes tags of anything in ECS that has an ARN."""
    arn = call.state.get("arn", call.id)
    if removed:
        call.aws.untag_resource(resourceArn=arn, tagKeys=removed)
    if tags:
        call.aws.tag_resource(resourceArn=arn, tags=tag_list(tags, "key", "value"))


def tags(call: Call) -> dict[str, list[dict[str, str]]]:
    """The argument that tags a thing as it is made."""
    return {"tags": tag_list(call.tags, "key", "value")} if call.tags else {}

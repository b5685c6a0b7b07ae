"""What all Elastic Load Balancing resource types share."""

from collections.abc import Mapping

from sandbox.providers.aws.resource import Call
from sandbox.providers.aws.resources.shared import tag_list, tag_map


def retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    """Sets and removes tags of anything that has an ARN."""
    if removed:
        call.aws.remove_tags(ResourceArns=[call.id], TagKeys=removed)
    if tags:
        call.aws.add_tags(ResourceArns=[call.id], Tags=tag_list(tags))


def tags(call: Call) -> dict[str, list[dict[str, str]]]:
    """The argument that tags a thing as it is made."""
    return {"Tags": tag_list(call.tags)} if call.tags else {}


def read_tags(call: Call) -> dict[str, str]:
    """The tags that it has."""
    rows = call.aws.describe_tags(ResourceArns=[call.id])["TagDescriptions"]
    return tag_map(rows[0].get("Tags")) if rows else {}


def text(value: object) -> str:
    """A value as an attribute has it."""
    return str(value).lower() if isinstance(value, bool) else str(int(value) if isinstance(value, float) else value)


def typed(value: str, like: object) -> object:
    """An attribute as a property has it."""
    if isinstance(like, bool):
        return value == "true"
    return int(value) if isinstance(like, int | float) else value

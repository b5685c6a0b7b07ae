"""What all EC2 resource types share: tags, and looking one thing up."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.failures import found, one
from sandbox.providers.aws.resource import Call
from sandbox.providers.aws.resources.shared import tag_list
from sandbox.providers.values import Properties


def tagged(call: Call, kind: str) -> Properties:
    """The argument that tags a thing as it is made."""
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tag_list(call.tags)}]} if call.tags else {}


def retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    """Sets and removes tags of anything in EC2."""
    if removed:
        call.aws.delete_tags(Resources=[call.id], Tags=[{"Key": key} for key in removed])
    if tags:
        call.aws.create_tags(Resources=[call.id], Tags=tag_list(tags))


def look_up(call: Call, things: str, **arguments: Any) -> Properties | None:  # noqa: ANN401
    """The one thing that `describe_<things>` finds, or None."""
    key = "".join(part.capitalize() for part in things.split("_"))
    describe = getattr(call.aws, f"describe_{things}")
    return one(found(lambda: describe(**arguments)), key)


def filters(**values: str) -> list[dict[str, Any]]:
    """EC2's filters; `_` in a name stands for `-`."""
    return [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in values.items()]

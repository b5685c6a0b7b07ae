"""Translation between the engine's wire values and plain Python."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from google.protobuf import struct_pb2

Properties = dict[str, Any]

# What the engine sends and expects in a preview where a value is known only after the update
# (pulumi sdk/go/common/resource/plugin/rpc.go, UnknownStringValue and its kin by type).
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


def from_struct(message: struct_pb2.Struct) -> Properties:
    """A protobuf struct as a dict; whole numbers become `int`, as AWS wants them."""
    return {key: _from_value(value) for key, value in message.fields.items()}


def _from_value(value: struct_pb2.Value) -> object:
    match value.WhichOneof("kind"):
        case "struct_value":
            return from_struct(value.struct_value)
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "number_value":
            return int(value.number_value) if value.number_value.is_integer() else value.number_value
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case _:
            return None


def to_struct(properties: Mapping[str, object]) -> struct_pb2.Struct:
    """A dict as a protobuf struct; keys without a value are left out."""
    message = struct_pb2.Struct()
    message.update({key: value for key, value in properties.items() if value is not None})
    return message


def is_unknown(value: object) -> bool:
    """Is it, or does it hold, a value that only the update will show?"""
    if isinstance(value, str):
        return value in _UNKNOWNS
    if isinstance(value, Mapping):
        return any(is_unknown(item) for item in value.values())
    return isinstance(value, Sequence) and any(is_unknown(item) for item in cast(Sequence[object], value))

"""Create, read, update and delete of any row: what is the same for all types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.providers.aws import schema
from sandbox.providers.aws.checking import FILLED
from sandbox.providers.aws.comparing import as_written
from sandbox.providers.aws.diffing import compare
from sandbox.providers.aws.failures import PluginError, explain, found
from sandbox.providers.aws.resource import Call, Row, eventually
from sandbox.providers.values import UNKNOWN, Properties

# In the state of a resource that is not as its inputs say, because a call after its creation failed.
UNFINISHED = "__unfinished"


@dataclass(kw_only=True)
class HalfDoneError(Exception):
    """The resource exists, but is not as it should be: the engine keeps it in state and tries again."""

    resource_id: str
    properties: Properties
    reason: str


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What a read found; no id means that the resource is gone."""

    id: str = ""
    state: Properties = field(default_factory=dict)
    inputs: Properties = field(default_factory=dict)


def planned(row: Row, inputs: Properties, default_tags: Mapping[str, str], region: str) -> Properties:
    """The state of a resource that is yet to be made: its inputs, and unknown what only AWS knows."""
    known_by_aws = (set(schema.outputs(row.type)) - set(schema.inputs(row.type))) | row.computed
    state = dict.fromkeys(known_by_aws & set(schema.outputs(row.type)), UNKNOWN) | _public(inputs)
    if "region" in schema.outputs(row.type):
        state["region"] = inputs.get("region", region)
    return _with_tags(row, state, all_tags(inputs, default_tags))


def planned_change(row: Row, inputs: Properties, default_tags: Mapping[str, str]) -> Properties:
    """What an update changes in the state, as far as a preview can know."""
    return _with_tags(row, _public(inputs), all_tags(inputs, default_tags))


def create(row: Row, call: Call, default_tags: Mapping[str, str]) -> tuple[str, Properties]:
    """Makes the resource. Raises HalfDoneError when it exists and something after its creation failed."""
    call.tags = all_tags(call.inputs, default_tags)
    try:
        _told(call, "creating", lambda: row.create(call))
        live = _told(call, "reading", lambda: eventually(lambda: row.read(call)))
    except PluginError as error:
        if not call.id:
            raise
        state = _public(call.inputs) | {UNFINISHED: True}
        raise HalfDoneError(resource_id=call.id, properties=state, reason=str(error)) from error
    if live is None:
        raise PluginError(f"{call.type} {call.name}: AWS does not show {call.id} after creating it")
    return call.id, _state(row, call, live, default_tags)


def read(row: Row, call: Call, default_tags: Mapping[str, str]) -> Snapshot:
    """The resource as AWS shows it. Without state it is an import: `call.id` is then what the user gave."""
    importing = not call.state and not call.inputs
    if importing:
        _told(call, "importing", lambda: row.locate(call))
    live = _told(call, "reading", lambda: found(lambda: row.read(call)))
    if live is None:
        return Snapshot()
    state = _state(row, call, live, default_tags)
    inputs = _imported(row, state) if importing else _refreshed(row, call.inputs, state)
    return Snapshot(id=call.id, state=state, inputs=inputs)


def update(row: Row, call: Call, old: Properties, default_tags: Mapping[str, str]) -> Properties:
    """Changes what differs. Raises HalfDoneError when AWS refused, as some of it may be done."""
    call.tags = all_tags(call.inputs, default_tags)
    # The engine keeps the inputs of a failed attempt, so what differs from them would be too little.
    changed = frozenset(call.inputs) - row.fixed if UNFINISHED in call.state else compare(row, old, call.inputs).all
    call.changed = frozenset(key for key in changed - {"tags", "region"} if not key.startswith("__"))
    try:
        if call.changed:
            _told(call, "updating", lambda: row.update(call))
        _told(call, "tagging", lambda: _retag(row, call))
        live = _told(call, "reading", lambda: eventually(lambda: row.read(call)))
    except PluginError as error:
        state = call.state | {UNFINISHED: True}
        raise HalfDoneError(resource_id=call.id, properties=state, reason=str(error)) from error
    if live is None:
        raise PluginError(f"{call.type} {call.name}: AWS has {call.id} no more")
    return _state(row, call, live, default_tags)


def delete(row: Row, call: Call) -> None:
    """Deletes the resource; one that is gone already is deleted."""
    _told(call, "deleting", lambda: found(lambda: row.delete(call)))


def all_tags(inputs: Properties, default_tags: Mapping[str, str]) -> dict[str, str]:
    """The provider's tags with the resource's own over them."""
    return {**default_tags, **(inputs.get("tags") or {})}


def _told(call: Call, act: str, run: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Runs it; what AWS refuses becomes a sentence with type, name and operation."""
    try:
        return run()
    except (ClientError, BotoCoreError) as error:
        raise PluginError(f"{act} {call.type} {call.name!r}: {explain(error)}") from error


def _retag(row: Row, call: Call) -> None:
    before: dict[str, str] = {} if UNFINISHED in call.state else call.state.get("tagsAll") or {}
    changed = {key: value for key, value in call.tags.items() if before.get(key) != value}
    removed = [key for key in before if key not in call.tags]
    if changed or removed:
        row.retag(call, changed, removed)


def _public(inputs: Properties) -> Properties:
    return {key: value for key, value in inputs.items() if not key.startswith("__")}


def _with_tags(row: Row, state: Properties, tags: Mapping[str, str]) -> Properties:
    return state | {"tagsAll": dict(tags)} if "tagsAll" in schema.outputs(row.type) else state


def _state(row: Row, call: Call, live: Properties, default_tags: Mapping[str, str]) -> Properties:
    """Inputs, what AWS shows over them, and what it never shows carried over."""
    carried = {key: call.state[key] for key in row.kept if key in call.state}
    shown = {k: as_written(row, k, call.inputs[k], v) if k in call.inputs else v for k, v in live.items()}
    state = carried | {k: v for k, v in _public(call.inputs).items() if k in row.kept or k not in live} | shown
    if "region" in schema.outputs(row.type):
        state["region"] = call.region
    if "tags" not in live:
        return state
    tags: dict[str, str] = {k: v for k, v in (live["tags"] or {}).items() if not k.startswith("aws:")}
    own = call.inputs.get("tags") or {}
    state["tags"] = {k: v for k, v in tags.items() if k in own or default_tags.get(k) != v}
    return _with_tags(row, state, tags)


def _refreshed(row: Row, old: Properties, state: Properties) -> Properties:
    """The inputs that would give the state that was read, so that a difference shows as one."""
    inputs = {FILLED: old.get(FILLED, [])}
    for key in schema.inputs(row.type):
        if key in old:
            inputs[key] = state.get(key) if key not in row.kept else old[key]
        elif key not in row.computed and key != "region" and state.get(key):
            inputs[key] = state[key]
    return {key: value for key, value in inputs.items() if value is not None}


def _imported(row: Row, state: Properties) -> Properties:
    """Inputs for a program that knows nothing yet: all that is set, and the usual defaults."""
    usual = dict(row.defaults) | {key: state[key] for key in schema.inputs(row.type) if state.get(key) is not None}
    usual.pop("region", None)
    filled = sorted(key for key, value in row.defaults.items() if usual[key] == value)
    return usual | {FILLED: filled}

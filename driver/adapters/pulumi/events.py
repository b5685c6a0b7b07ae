"""What the engine reports while it works, as changes, lines of progress and errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from driver.core.ports import Change, Say
from driver.core.values.refresh import Deviation

QUIET = {"same", "read", "refresh", "discard", "read-discard", "read-replacement", "remove-pending-replace"}
SIGNS = {
    "create": "+",
    "update": "~",
    "delete": "-",
    "replace": "±",
    "create-replacement": "±",
    "delete-replaced": "-",
    "import": "=",
}
COLOUR = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")
PLUGIN = re.compile(r"using \S+ from \$PATH at ")
"""The engine says so at each run of plugins that are found on PATH."""
PENDING = re.compile(r"resources with \d+ pending operations")
"""The engine's warning about what a killed update had begun; what it was creating stays until somebody clears it."""
REPLACEMENT_STEPS = {"create-replacement", "delete-replaced"}


@dataclass
class Listener:
    """Collects the events of one engine run."""

    say: Say
    planning: bool
    changes: list[Change] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    pending: bool = False

    def __call__(self, event: Any) -> None:  # noqa: ANN401 - the SDK's event type has every field optional
        """One event, as `on_event` of the Automation API hands it over."""
        if event.resource_pre_event is not None and self.planning:
            self._changed(event.resource_pre_event.metadata)
        elif event.res_outputs_event is not None and not self.planning:
            self._changed(event.res_outputs_event.metadata)
        elif event.res_op_failed_event is not None:
            self._failed(event.res_op_failed_event.metadata)
        elif event.diagnostic_event is not None:
            self._diagnosed(event.diagnostic_event)

    def _changed(self, metadata: Any) -> None:  # noqa: ANN401 - see __call__
        operation = str(getattr(metadata.op, "value", metadata.op))
        if operation in QUIET:
            return
        change = Change(
            operation=operation,
            kind=metadata.type,
            name=metadata.urn.rsplit("::", 1)[-1],
            urn=metadata.urn,
            keys=tuple(sorted(metadata.diffs or ())),
            arn="" if self.planning else _arn(metadata.new),
        )
        if operation not in REPLACEMENT_STEPS or not self.planning:
            self.changes.append(change)
        if not metadata.type.startswith("pulumi:") and operation not in REPLACEMENT_STEPS:
            self.say(describe(change))

    def _failed(self, metadata: Any) -> None:  # noqa: ANN401 - see __call__
        self.say(f"  ! {metadata.type} {metadata.urn.rsplit('::', 1)[-1]} failed")

    def _diagnosed(self, diagnostic: Any) -> None:  # noqa: ANN401 - see __call__
        text = plain(diagnostic.message)
        if not text or PLUGIN.match(text):
            return
        if PENDING.search(text):
            self.pending = True
        elif diagnostic.severity == "error":
            self.errors.append(text)
        elif diagnostic.severity in {"warning", "info"} or diagnostic.severity.startswith("info"):
            self.say(text)


def _arn(made: Any) -> str:  # noqa: ANN401 - see Listener.__call__
    """The ARN of what was made; empty for what was deleted, or has none."""
    arn = getattr(made, "outputs", None) and made.outputs.get("arn")
    return arn if isinstance(arn, str) else ""


def plain(text: str) -> str:
    """A diagnostic without colours and surrounding blank space."""
    return COLOUR.sub("", text).strip()


def describe(change: Change) -> str:
    """A change as one line: its sign, its type, its name, and which properties differ."""
    sign = SIGNS.get(change.operation, "?")
    keys = f"  ({', '.join(change.keys)})" if change.keys and change.operation == "update" else ""
    return f"  {sign} {change.kind.split('/')[-1].split(':')[-1]:<26} {change.name}{keys}"


@dataclass
class Reading:
    """Collects the events of such a run."""

    deviations: list[Deviation] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __call__(self, event: Any) -> None:  # noqa: ANN401 - the SDK's event type has every field optional
        """One event, as `on_event` of the Automation API hands it over."""
        if event.res_outputs_event is not None:
            self._read(event.res_outputs_event.metadata)
        elif event.diagnostic_event is not None and event.diagnostic_event.severity == "error":
            text = plain(event.diagnostic_event.message)
            if text and not PLUGIN.match(text):
                self.errors.append(text)

    def _read(self, metadata: Any) -> None:  # noqa: ANN401 - see __call__
        operation = str(getattr(metadata.op, "value", metadata.op))
        if operation not in {"update", "delete"} or metadata.type.startswith("pulumi:"):
            return
        gone = operation == "delete"
        self.deviations.append(
            Deviation(
                urn=metadata.urn,
                kind=metadata.type,
                name=metadata.urn.rsplit("::", 1)[-1],
                id=str(getattr(metadata.old, "id", "") or ""),
                gone=gone,
                differing={} if gone else _differing(metadata),
            )
        )


def _differing(metadata: Any) -> dict[str, tuple[object, object]]:  # noqa: ANN401 - see Reading.__call__
    keys = {str(key).split(".")[0].split("[")[0] for key in (*(metadata.diffs or ()), *(metadata.detailed_diff or ()))}
    before, after = _outputs(metadata.old), _outputs(metadata.new)
    return {key: (before.get(key), after.get(key)) for key in sorted(keys)}


def _outputs(state: Any) -> Mapping[str, object]:  # noqa: ANN401 - see Reading.__call__
    found = {**(getattr(state, "inputs", None) or {}), **(getattr(state, "outputs", None) or {})}
    return {str(key): value for key, value in found.items()}

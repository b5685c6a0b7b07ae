"""Which raw objects may have lines in common with others, told by their names alone."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from functions.log_compactor.bucket import Found
from functions.log_compactor.manifest import Manifest, Span
from functions.log_store import raw_names
from functions.log_store.raw_names import RawName

MOST_SPANS = 20_000
"""Of a merged object that have to be looked into, before all of it is read instead."""


@dataclass
class Plan:
    """What becomes of raw objects in one round.

    Lines of those in `joined` are nowhere else, so their bytes are taken as they are. Those in `looked_into` may have
    lines that are in each other or in `spans` of the merged object. Of those that are `known` all lines are in it.
    """

    joined: list[Found] = field(default_factory=list)
    looked_into: list[Found] = field(default_factory=list)
    known: list[Found] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def plan(found: Iterable[Found], manifest: Manifest, whole: Span, suspects: Collection[str] = ()) -> Plan:
    """Plan a round. `whole` is all of the merged object; `suspects` are keys whose names don't fit what they hold.

    An object whose name tells nothing is looked into, beside all of the merged object, once no other is left.
    """
    made, told, silent = Plan(), dict[str, tuple[Found, RawName]](), list[Found]()
    for one in found:
        name = None if one.key in suspects else raw_names.parse(one.name)
        if name is None:
            silent.append(one)
        else:
            told[one.name] = (one, name)
    for span in manifest.spans():
        if span.name in told:
            made.known.append(told.pop(span.name)[0])
    if told:
        _by_names([told[name] for name in sorted(told)], manifest, made)
        made.spans = _in_one_go(made.spans) if len(made.spans) < MOST_SPANS else [whole]
    elif silent:
        made.looked_into, made.spans = silent, [whole]
    return made


def _in_one_go(spans: Iterable[Span]) -> list[Span]:
    """Spans in the order of the object, those that touch as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.offset):
        if found and found[-1].offset + found[-1].size == span.offset:
            found[-1] = Span("", found[-1].offset, found[-1].size + span.size)
        else:
            found.append(span)
    return found


def _by_names(rows: Sequence[tuple[Found, RawName]], manifest: Manifest, made: Plan) -> None:
    names = [name for _, name in rows]
    meeting = _meeting_each_other(names)
    reach = _Reach(names)
    for span in manifest.spans():
        there = raw_names.parse(span.name)
        those = range(len(rows)) if there is None else reach.meeting(there)
        if those:
            meeting.update(those)
            if len(made.spans) < MOST_SPANS:
                made.spans.append(span)
    for number, (one, _) in enumerate(rows):
        (made.looked_into if number in meeting else made.joined).append(one)


def _meeting_each_other(names: Sequence[RawName]) -> set[int]:
    """Which of them, in order, have a span of ids that meets another's of the same stream."""
    found: set[int] = set()
    far = 0
    for number, name in enumerate(names):
        same = name.stream == names[far].stream
        if number and same and name.first <= names[far].last:
            found |= {number, far}
        if not same or name.last > names[far].last:
            far = number
    return found


class _Reach:
    """Finds, among names in order, those whose span of ids meets another."""

    def __init__(self, names: Sequence[RawName]) -> None:
        self._names = names
        self._begins = [(name.stream, name.first) for name in names]
        self._far = list(accumulate(((name.stream, name.last) for name in names), max))

    def meeting(self, there: RawName) -> list[int]:
        """Their numbers."""
        found, number = [], bisect_right(self._begins, (there.stream, there.last)) - 1
        # Further back none reaches as far as the span begins.
        while number >= 0 and self._far[number] >= (there.stream, there.first):
            if self._names[number].stream == there.stream and self._names[number].last >= there.first:
                found.append(number)
            number -= 1
        return found

"""One release as a page to read: what it is, how it went step by step, and how its release process ran."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from driver import console
from driver.core.values.moments import moment

if TYPE_CHECKING:
    from driver.core.ports import Event
    from driver.core.values.release import Ran, Release
    from model.releases import Source


def page(release: "Release", events: "Sequence[tuple[str, Event]]") -> None:
    """Print it, with what ECS said of which service meanwhile, in its own words."""
    for name, value in _facts(release):
        console.answer(f"{name:9}{value}")
    steps = [(row.name, _at(row.at), _took(row.at, row.ended), row.detail) for row in release.steps]
    if steps:
        console.answer("")
        console.table(("step", "began", "took", "detail"), steps)
    runs = [
        (
            f"{row.number}",
            _at(row.started),
            _took(row.started, row.ended),
            row.outcome or "-",
            _text(row.exit_code),
            row.task,
        )
        for row in release.attempts
    ]
    if runs:
        console.answer("")
        console.table(("run", "began", "took", "outcome", "exit", "task"), runs)
    if events:
        console.answer("")
        console.table(("at", "ecs said"), [(_at(row.at), row.message) for _service, row in events])


def _facts(release: "Release") -> Iterator[tuple[str, str]]:
    pin = release.pin
    yield "release", f"{release.version} of {release.app}: {release.verdict}"
    yield "kind", f"{release.kind} to v{release.copies}" if release.copies else release.kind
    if release.promoted:
        yield "from", release.promoted
    if release.no_rollback_past:
        yield "barrier", "nothing older may be gone back to"
    yield "image", f"{release.tag} {pin.image or 'bootstrap'}".strip()
    yield "config", f"version {_text(release.config_version)} in Vault, {pin.config or '-'} in Secrets Manager"
    yield "keys", ", ".join(pin.keys) or "-"
    yield "source", "-" if pin.source is None else _source(pin.source)
    yield "who", release.who
    yield "why", release.message or "-"
    yield "began", _at(release.started)
    yield "took", _took(release.started, release.finished)
    if release.reason:
        yield "reason", release.reason
    yield from ((process, _ran(arn, release.processes.get(process))) for process, arn in pin.tasks.items())


def _ran(arn: str, ran: "Ran | None") -> str:
    """A task definition, with what it said when the release had come up; older versions did not write that down."""
    if ran is None:
        return arn
    image = ran.image.rsplit("@", 1)[-1][:19] if "@" in ran.image else ran.image
    return f"{arn} ({image}, {ran.cpu} CPU units, {ran.memory} MiB)"


def _source(source: "Source") -> str:
    """With commits in full, to be searched for."""
    dirty = " with uncommitted changes" if source.dirty else ""
    into = f"; {source.branch} at {source.tip} merged into {source.target}" if source.merged else ""
    base = f"; left {source.target} at {source.merge_base}" if source.target and source.merge_base else ""
    return f"{source.commit or '-'} of {source.branch or '-'}{dirty}{into}{base}"


def _at(at: datetime) -> str:
    return moment(at)


def _took(began: datetime, ended: datetime | None) -> str:
    """The seconds between; what was cut off has no end."""
    return "no end" if ended is None else f"{(ended - began).total_seconds():.1f} s"


def _text(value: int | None) -> str:
    return "-" if value is None else str(value)

"""What those outside are told of a release, when it begins and when it ends: a sentence, tags and the facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from driver.core.values.release import RUNS, Kind, Release, Verdict
from model.settings.notify import Occasion

BACK = {Kind.ROLLBACK, Kind.GOING_BACK}
DEPLOY, ROLLBACK = "deploy", "rollback"
"""The tags by which Grafana colours marks. Each mark has one: ROLLBACK, red, is on whatever goes back or failed."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """One thing to tell of a release. `key` are those of the tags by which its mark is found again."""

    occasion: Occasion
    about: str
    text: str
    tags: tuple[str, ...]
    key: tuple[str, ...]
    started: datetime
    finished: datetime | None
    facts: Mapping[str, object]
    env: str
    release: Release


def note(env: str, release: Release) -> Note:
    """What to tell of a release as it is now."""
    key = ("slipway", f"env:{env}", f"app:{release.app}", f"release:{release.version}")
    occasion, text = _occasion(release), _sentence(env, release)
    red = occasion in {Occasion.FAILED, Occasion.ROLLBACK} or release.kind in BACK
    tags = (*key, ROLLBACK if red else DEPLOY, *([Occasion.FAILED] if occasion is Occasion.FAILED else []))
    return Note(
        occasion=occasion,
        about=f"{release.app} {release.version}",
        text=text,
        tags=tags,
        key=key,
        started=release.started,
        finished=release.finished,
        facts={"event": occasion, "env": env, **_facts(release), "text": text},
        env=env,
        release=release,
    )


def _occasion(release: Release) -> Occasion:
    if release.verdict is Verdict.STARTED:
        return Occasion.STARTED
    if release.verdict not in RUNS:
        return Occasion.FAILED
    return Occasion.ROLLBACK if release.kind in BACK else Occasion.SUCCEEDED


def _sentence(env: str, release: Release) -> str:
    back = f" back to v{release.copies}" if release.copies is not None else ""
    words = {
        Occasion.STARTED: f"is going{back}" if back else "is being released",
        Occasion.SUCCEEDED: "runs",
        Occasion.ROLLBACK: f"runs: it went{back or ' back'}",
        Occasion.FAILED: f"failed: {release.reason}" if release.reason else "failed",
    }[_occasion(release)]
    doubt = release.verdict in RUNS and release.verdict is not Verdict.SUCCEEDED
    words += f", and is {release.verdict} ({release.reason})" * doubt
    why = f": {release.message}" if release.message else ""
    return f"{release.app} {release.version} in {env} {words} ({_content(release)}, by {release.who}){why}"


def _content(release: Release) -> str:
    source = release.pin.source
    image = release.tag or release.pin.digest[:19] or "bootstrap image"
    image += f" from {release.promoted}" if release.promoted else ""
    return f"{image}, commit {source.commit[:10]}" if source and source.commit else image


def _facts(release: Release) -> Mapping[str, object]:
    source = release.pin.source
    return {
        "app": release.app,
        "release": release.number,
        "kind": release.kind,
        "verdict": release.verdict,
        "image": release.pin.image,
        "tag": release.tag,
        "commit": source.commit if source else None,
        "promoted": release.promoted,
        "copies": release.copies,
        "who": release.who,
        "message": release.message,
        "reason": release.reason,
        "started": release.started.isoformat(),
        "finished": release.finished.isoformat() if release.finished else None,
    }

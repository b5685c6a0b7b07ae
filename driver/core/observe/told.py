"""What happened to an environment, in order: ECS's word on tasks and deployments, the ledger's on releases.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from driver.core.ports import World
from driver.core.values.release import RUNS, Release, Verdict
from driver.core.watch.service_events import named
from driver.errors import NotReady
from model.names.names import ecs_events_group

TASK, DEPLOYMENT, ACTION = "ECS Task State Change", "ECS Deployment State Change", "ECS Service Action"
TOLD = {"RUNNING": "runs", "STOPPED": "stopped"}
"""What is told of a task, of all that it goes through."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing that happened. `about` is a process with the beginning of a task's id, or a release."""

    at: datetime
    app: str
    process: str
    about: str
    text: str

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {**asdict(self), "at": self.at.isoformat()}


def read(world: World, since: datetime, app: str | None = None) -> list[Told]:
    """All since a time, oldest first, of an app or of all. Raises NotReady without the log group, Unreachable."""
    env, settings = world.settings.env, world.settings
    apps = [app] if app else list(settings.apps)
    services = {
        names.process(process).service: (name, process)
        for name in apps
        for names in (settings.names(name),)
        for process in settings.apps[name].processes
    }
    families = {settings.names(name).process(process).family: (name, process) for name, process in services.values()}
    try:
        lines = world.logs.group(ecs_events_group(env), int(since.timestamp() * 1000))
    except NotReady as error:
        raise NotReady(error.message, hint=f"ECS's events are kept once `slipway up {env}` has made it.") from None
    found = _events((line.message for line in lines), {**families, **services})
    released = (row for name in apps for one in world.ledger.releases(name) for row in _of_release(one))
    return sorted((row for row in (*found, *released) if row.at >= since), key=lambda row: row.at)


def _events(lines: Iterable[str], known: Mapping[str, tuple[str, str]]) -> Iterator[Told]:
    """The events of the services and families that are known; an event may come twice."""
    seen: set[tuple[str, str, str]] = set()
    for line in lines:
        row = _event(line, known)
        if row is not None and (key := (row.process, row.about, row.text)) not in seen:
            # What a service says again later is another event; a task ends once.
            seen |= {key} if "." in row.about else set()
            yield row


def _event(line: str, known: Mapping[str, tuple[str, str]]) -> Told | None:
    """One event; None for what is not told, is of nobody here, or is no event at all."""
    try:
        event = json.loads(line)
        kind, detail, at = event["detail-type"], event["detail"], datetime.fromisoformat(event["time"])
        whose = known.get(_whose(kind, event, detail))
        text = _text(kind, detail)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None
    if whose is None or not text:
        return None
    app, process = whose
    task = f".{detail['taskArn'].rsplit('/', 1)[-1][:8]}" if kind == TASK else ""
    return Told(at=at, app=app, process=process, about=f"{process}{task}", text=named(text))


def _whose(kind: str, event: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    """The service, or the family of a task that is of none."""
    if kind == TASK:
        return str(detail["group"]).partition(":")[2]
    return str(event["resources"][0]).rsplit("/", 1)[-1]


def _text(kind: str, detail: Mapping[str, Any]) -> str:
    """What is told; empty where nothing is."""
    if kind == TASK:
        return _of_task(detail)
    words = str(detail["eventName"]).removeprefix("SERVICE_").replace("_", " ").lower()
    reason = str(detail.get("reason") or "")
    return f"{words}: {reason}" if reason else words


def _of_task(detail: Mapping[str, Any]) -> str:
    status = str(detail["lastStatus"])
    if status not in TOLD or (status == "RUNNING" and detail.get("desiredStatus") != "RUNNING"):
        return ""
    if status == "RUNNING":
        return TOLD[status]
    containers = detail.get("containers") or []
    code = next((row["exitCode"] for row in containers if row.get("name") == "app" and "exitCode" in row), None)
    ended = f" with exit code {code}" if code is not None else ""
    return f"{TOLD[status]}{ended}: {detail.get('stoppedReason') or detail.get('stopCode') or 'no reason given'}"


def _of_release(release: Release) -> Iterator[Told]:
    """Its beginning, and its end if it has one."""
    copies = f" to v{release.copies}" if release.copies is not None else ""
    began = f"{release.kind}{copies} by {release.who} began"
    yield Told(at=release.started, app=release.app, process="", about=release.version, text=began)
    if release.finished is not None:
        text = "runs" if release.verdict in RUNS else f"ended: {release.verdict}"
        reason = f": {release.reason}" if release.reason and release.verdict is not Verdict.SUCCEEDED else ""
        yield Told(at=release.finished, app=release.app, process="", about=release.version, text=f"{text}{reason}")

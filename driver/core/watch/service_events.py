"""ECS's service events as people read them: names in place of ARNs, and like ones counted."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from driver.core.ports import Event, World
from driver.core.values.release import Release
from driver.errors import NotReady, Unreachable

SKEW = timedelta(seconds=5)
"""How far AWS's clock may be from the one that the ledger's times are from."""
ABOUT = re.compile(r"^\(service [^)]*\)\s*")
TASKS = re.compile(r":?\s*(?:\(task [0-9a-fA-F-]{32,36}\)[\s,]*)+(?=\.|$)")
TASK = re.compile(r"\(task ([0-9a-fA-F-]{32,36})\)")
GROUP = re.compile(r"\(target-group (?:arn:[^)\s]*?:targetgroup/)?([^/)\s]+)[^)]*\)")
BACK = re.compile(r"\bto deployment ecs-svc/\d+")
DEPLOYMENT = re.compile(r"\((?:deployment|taskSet) [^)]*\)\s*")
SECRET = re.compile(
    r"arn:[^:\s]+:secretsmanager:[^:\s]*:[^:\s]*:secret:([^:\s,)\]]+?)(?:-\w{6})?(?::[^\s,.)\]]*)?(?=[\s,.)\]]|$)"
)
ARN = re.compile(r"arn:[^:\s]+:[^:\s]*:[^:\s]*:[^:\s]*:([^\s,)\]]*[^\s,.)\]:])")
REASON = re.compile(r"\s*due to \(reason ([^)]*)\)")
BRACKETS = re.compile(r"\(((?:port|reason|instance) [^)]*)\)")
ONE = re.compile(r"\b1( running)? (task|target|container|instance)s\b")


def readable(message: str) -> str:
    """What an event says, without its service, ids of tasks and deployments, and with names in place of ARNs.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
    """
    text = BACK.sub("to an earlier deployment", DEPLOYMENT.sub("", ABOUT.sub("", message)))
    text = named(REASON.sub(r": \1", TASKS.sub("", text)))
    text = TASK.sub(lambda found: f"task {found[1][:8]}", text)
    return ONE.sub(r"1\1 \2", BRACKETS.sub(r"\1", text)).strip()


def named(text: str) -> str:
    """The same with names in place of ARNs, for whatever ECS says."""
    text = SECRET.sub(r"secret \1", GROUP.sub(r"target group \1", text))
    return ARN.sub(lambda found: re.split(r"[:/]", found[1])[-1], text)


class Repeats:
    """How often each event of each service came: it is told the first time, and how often when all is over."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._times: Counter[tuple[str, str]] = Counter()

    def is_new(self, service: str, event_id: str, text: str) -> bool:
        """Count an event, which may be shown to us at every look; whether nothing like it came before."""
        if (service, event_id) in self._seen:
            return False
        self._seen.add((service, event_id))
        self._times[service, text] += 1
        return self._times[service, text] == 1

    def summary(self) -> Iterator[str]:
        """One line for each event that came more than once, in the order in which they came first."""
        for (service, text), times in self._times.items():
            if times > 1:
                yield f"{service}: {times} times: {text.rstrip('.')}"


def of_release(world: World, release: Release) -> Sequence[tuple[str, Event]]:
    """What ECS said of the app's services while a release was under way, the oldest first; nothing where it is silent.

    ECS keeps the last 100 events of a service.
    """
    names, app = world.settings.names(release.app), world.settings.apps[release.app]
    services = [names.process(process).service for process in app.services]
    until = (release.finished or world.clock.utc()) + SKEW
    try:
        found = world.services.describe(world.settings.env, services)
    except (NotReady, Unreachable):
        return []
    rows = [(name, event) for name, state in found.items() for event in reversed(state.events)]
    return sorted(
        (row for row in rows if release.started - SKEW <= row[1].at <= until), key=lambda row: (row[1].at, row[0])
    )

"""What Grafana lacks of an environment's dashboards, and bringing it there: only what has changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from driver.core.dashboards.compare import differences, shortened
from driver.core.dashboards.document import Document, document
from driver.core.ports import Say
from driver.core.ports.dashboards import Dashboards, Folder, Stored
from driver.errors import DriverError, Unreachable
from model import __version__
from model.monitoring.dashboards.boards import boards, folder_uid, place
from model.monitoring.output import Monitoring
from model.settings.dashboards import Dashboards as Settings


class What(StrEnum):
    """What has to be done with a dashboard. GONE is one that is there and that nobody builds any more."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One dashboard: what is built, what is there, and where they differ."""

    uid: str
    title: str
    what: What
    built: Document | None = None
    stored: Stored | None = None
    differences: tuple[str, ...] = ()

    def plain(self) -> dict[str, object]:
        """For scripts."""
        return {"uid": self.uid, "title": self.title, "what": self.what, "differences": list(self.differences)}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The folder that dashboards are in, by UID and title, and what has to be done with each."""

    uid: str
    title: str
    folder: Folder | None
    steps: tuple[Step, ...]

    @property
    def folder_differs(self) -> bool:
        """Whether the folder is not there, or has another title."""
        return self.folder is None or self.folder.title != self.title

    def todo(self, *, prune: bool) -> list[Step]:
        """What is to be done; with `prune` also the removal of what nobody builds any more."""
        wanted = {What.NEW, What.CHANGED} | ({What.GONE} if prune else set())
        return [step for step in self.steps if step.what in wanted]


def built(found: Monitoring, settings: Settings) -> list[Document]:
    """All dashboards of an environment as Grafana has them."""
    return [document(board, settings.datasource) for board in boards(found)]


def plan(grafana: Dashboards, found: Monitoring, settings: Settings) -> Plan:
    """What Grafana lacks, of dashboards in UID's order of the environment. Raises what the port does."""
    uid = folder_uid(found)
    documents = built(found, settings)
    steps = [_step(one, grafana.read(one["uid"]), uid) for one in documents]
    known = {step.uid for step in steps}
    # Environments of the same name in other accounts have the same tags, and other UIDs.
    ours = f"{found.environment}-{place(found)}"
    there = grafana.tagged(["slipway", f"env:{found.environment}"])
    gone = [
        Step(uid=uid, title=title, what=What.GONE)
        for uid, title in sorted(there.items())
        if uid not in known and uid.startswith(ours)
    ]
    title = settings.folder or f"Slipway {found.environment} ({found.region})"
    return Plan(uid=uid, title=title, folder=grafana.folder(uid), steps=(*steps, *gone))


def _step(built: Document, stored: Stored | None, folder: str) -> Step:
    uid, title = built["uid"], built["title"]
    if stored is None:
        return Step(uid=uid, title=title, what=What.NEW, built=built)
    found = differences(built, stored.document)
    if stored.folder != folder:
        found.insert(0, f"folder: {stored.folder or 'none'} there, {folder} wanted")
    what = What.CHANGED if found else What.SAME
    return Step(uid=uid, title=title, what=what, built=built, stored=stored, differences=tuple(shortened(found)))


def push(grafana: Dashboards, plan: Plan, steps: Sequence[Step], say: Say) -> Mapping[str, DriverError]:
    """Bring there what is to be done; what was refused, by UID: one dashboard never stops the others.

    Raises what the port does for the folder, and Unreachable where nobody answers any more.
    """
    if plan.folder is None:
        grafana.make_folder(plan.uid, plan.title)
    elif plan.folder_differs:
        grafana.retitle(plan.folder, plan.title)
    refused: dict[str, DriverError] = {}
    for step in steps:
        try:
            _apply(grafana, plan.uid, step)
        except Unreachable:
            raise
        except DriverError as error:
            refused[step.uid] = error
        else:
            say(f"{step.title}: {'removed' if step.what is What.GONE else 'written'}")
    return refused


def _apply(grafana: Dashboards, folder: str, step: Step) -> None:
    if step.built is None:
        grafana.remove(step.uid)
    else:
        grafana.write(step.built, folder, step.stored, f"slipway {__version__}")

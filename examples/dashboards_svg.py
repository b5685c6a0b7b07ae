"""Pictures of the dashboards, from a sandbox's CloudWatch of a real run: ``python -m examples.dashboards_svg``.

It brings the example up in a sandbox of its own, visits it, releases it well and badly, and draws what then is there.
They are no Grafana: a plotting library draws the panels, the queries are those of the dashboards.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import boto3
import matplotlib as mpl
import yaml
from examples.demo import ROOT, SLIPWAY, Demo, tell, variables
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from model.monitoring.dashboards.board import COLUMNS, Board, Cell, Formula, LogPanel, Panel, Query, Row, bottom, placed
from model.monitoring.dashboards.boards import boards
from model.monitoring.output import Monitoring
from model.names.names import ecs_events_group

PACE: Final = 0.1
"""Seconds of this machine that a second of the sandbox lasts."""
MINUTE: Final = 60 * PACE
REGION: Final = "eu-west-1"
PARTS: Final = ("__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml")
"""The files that make a project."""
QUIET: Final = 20.0
"""Seconds before and after the releases, in which only visitors come."""
UNIT: Final = 0.42
"""Inches of one line of the grid."""
BLUE, RED, GREY = "#3274d9", "#e02f44", "#8e8e8e"
LINES: Final = ("#3274d9", "#ff9830", "#73bf69", "#b877d9", "#fade2a", "#56a64b", "#8f3bb8", "#e0752d")

Values = list[tuple[float, float]]
"""Minutes since the beginning, and what was measured."""


@dataclass(frozen=True)
class Mark:
    """A release: from when to when, in minutes since the beginning, what it is called, and whether it went back."""

    start: float
    end: float
    name: str
    bad: bool


@dataclass(frozen=True)
class Verdict:
    """What ECS said of a deployment."""

    at: float
    service: str
    event: str
    reason: str


@dataclass
class Run:
    """A run that was watched, and CloudWatch of it."""

    began: datetime
    cloudwatch: Any
    marks: Sequence[Mark] = ()
    verdicts: Sequence[Verdict] = ()
    known: dict[tuple[Any, ...], Values] = field(default_factory=dict)

    @property
    def minutes(self) -> float:
        """How long it lasted, in minutes of the sandbox."""
        return self.minute(datetime.now(UTC))

    def minute(self, at: datetime) -> float:
        """A moment as minutes of the sandbox since the beginning."""
        return (at - self.began).total_seconds() / MINUTE

    def series(self, row: Query, period: float) -> Values:
        """One query, its values put together over so many minutes of the sandbox.

        The sandbox writes each minute's values down at one moment, so a period of a second has just these.
        """
        key = (row.namespace, row.metric, row.dimensions, row.stat)
        if key not in self.known:
            self.known[key] = self._asked(row)
        if row.stat != "Sum":
            return self.known[key]
        sums: dict[int, float] = {}
        for minute, value in self.known[key]:
            at = math.floor(minute / period)
            sums[at] = sums.get(at, 0) + value
        return [(at * period, value) for at, value in sorted(sums.items())]

    def _asked(self, row: Query) -> Values:
        metric = {
            "Namespace": row.namespace,
            "MetricName": row.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in row.dimensions],
        }
        query = {"Id": "value", "MetricStat": {"Metric": metric, "Period": 1, "Stat": row.stat}}
        end = datetime.now(UTC) + timedelta(seconds=1)
        answer = self.cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=self.began, EndTime=end)
        (found,) = answer["MetricDataResults"]
        points = zip(found["Timestamps"], found["Values"], strict=True)
        return sorted((self.minute(at), value) for at, value in points)


def shown(run: Run, panel: Panel) -> dict[str, Values]:
    """The visible series of a panel, by label. Of formulas only that which counts tasks can be worked out here."""
    found: dict[str, Values] = {}
    feeding = {row.id: row for row in panel.queries if row.hidden}
    for row in panel.series:
        if isinstance(row, Query) and not row.hidden:
            found[row.label] = run.series(row, (row.period or 60) / 60)
        if isinstance(row, Formula):
            fed = feeding.get(f"{row.id}told")
            found[row.label] = [] if fed is None else run.series(fed, 1)
    return found


def draw(board: Board, run: Run) -> Figure:
    """A whole dashboard."""
    top = 2
    laid: list[tuple[Row, int, list[tuple[Any, Cell]]]] = []
    for row in board.rows:
        cells = list(placed(row, (Panel, LogPanel), top + 1))
        if cells:
            laid.append((row, top, cells))
            top = bottom([cell for _, cell in cells], top + 1)
    figure = Figure(figsize=(14, top * UNIT))
    FigureCanvasSVG(figure)
    _heading(figure, board, top)
    for row, line, cells in laid:
        figure.text(0.01, 1 - (line + 0.7) / top, row.title, fontsize=10, fontweight="bold")
        for panel, cell in cells:
            axes = figure.add_axes(_place(cell, top))
            if isinstance(panel, Panel):
                _graph(axes, panel, shown(run, panel), run)
            else:
                _lines(axes, panel, run)
    return figure


def _heading(figure: Figure, board: Board, top: float) -> None:
    figure.text(0.01, 1 - 0.8 / top, board.title, fontsize=14, fontweight="bold")
    says = "drawn from a sandbox's CloudWatch by a plotting library: this is no Grafana. Minutes are the sandbox's."
    figure.text(0.01, 1 - 1.5 / top, says, fontsize=8, color=GREY)


def _place(cell: Cell, top: float) -> tuple[float, float, float, float]:
    """Left, bottom, width and height within the picture, with room for the title and the axis' numbers."""
    left, width = cell.x / COLUMNS + 0.035, cell.width / COLUMNS - 0.05
    return left, 1 - (cell.y + cell.height - 1.5) / top, width, (cell.height - 2.9) / top


def _graph(axes: Axes, panel: Panel, found: Mapping[str, Values], run: Run) -> None:
    axes.set_title(panel.title, fontsize=8, loc="left")
    axes.set_xlim(0, run.minutes)
    axes.tick_params(labelsize=6, length=2)
    axes.grid(color="#e5e5e5", linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    drawn = [(label, values) for label, values in found.items() if values]
    for (label, values), colour in zip(drawn, _colours(len(drawn)), strict=True):
        times, heights = [at for at, _ in values], [value for _, value in values]
        if panel.bars:
            width = (max((query.period or 60) for query in panel.queries)) / 60 * 0.9
            axes.bar(times, heights, width=width, align="edge", color=colour, alpha=0.8, label=label)
        else:
            axes.plot(times, heights, color=colour, linewidth=1, marker=".", markersize=1.5, label=label)
    _scale(axes, panel, drawn)
    for mark in run.marks:
        axes.axvspan(mark.start, mark.end, color=RED if mark.bad else BLUE, alpha=0.12, linewidth=0)
        axes.axvline(mark.start, color=RED if mark.bad else BLUE, linewidth=0.8, alpha=0.7)
    if drawn:
        axes.legend(fontsize=5.5, loc="upper left", frameon=False, ncols=2)
    else:
        axes.text(0.5, 0.5, "no data in this run", transform=axes.transAxes, ha="center", fontsize=7, color=GREY)


def _scale(axes: Axes, panel: Panel, drawn: Iterable[tuple[str, Values]]) -> None:
    """From zero up to what is known to be the end, or to a bit above all that there is to see."""
    highest = max((value for _, values in drawn for _, value in values), default=0.0)
    limit = panel.limit.value if panel.limit is not None and panel.limit.value <= 4 * max(highest, 1) else 0.0
    axes.set_ylim(0, max(panel.top or 0, highest * 1.35, limit * 1.15) or 1)
    axes.set_ylabel(panel.unit.value, fontsize=6)
    if limit:
        axes.axhline(limit, color=RED, linewidth=0.8, linestyle="--")


def _colours(count: int) -> list[str]:
    return [LINES[number % len(LINES)] for number in range(count)]


def _lines(axes: Axes, panel: LogPanel, run: Run) -> None:
    axes.set_title(panel.title, fontsize=8, loc="left")
    axes.axis("off")
    rows = [row for row in run.verdicts if f"{row.service})" in panel.query or f"{row.service}|" in panel.query]
    for number, row in enumerate((rows or list(run.verdicts))[:11]):
        colour = RED if row.event.endswith("FAILED") else "black"
        text = f"{row.at:5.1f} min  {row.service:<16} {row.event.removeprefix('SERVICE_DEPLOYMENT_'):<12} {row.reason}"
        axes.text(0, 0.95 - number * 0.09, text[:150], fontsize=5.5, family="monospace", color=colour, va="top")


def released(run: Run, rows: Iterable[Mapping[str, Any]]) -> list[Mark]:
    """Releases as `slipway releases list --json` has them."""
    found = []
    for row in rows:
        start = run.minute(datetime.fromisoformat(row["started"]))
        end = run.minute(datetime.fromisoformat(row["finished"])) if row.get("finished") else run.minutes
        bad = row.get("verdict") != "succeeded" or row.get("kind") in ("rollback", "going back")
        found.append(Mark(start, end, f"v{row['release']}", bad))
    return found


def decided(run: Run, group: str) -> list[Verdict]:
    """What ECS said of deployments, newest first."""
    logs, found = boto3.Session(region_name=REGION).client("logs"), []
    for event in logs.filter_log_events(logGroupName=group)["events"]:
        said = json.loads(event["message"])
        if said.get("detail-type") == "ECS Deployment State Change":
            at, detail = datetime.fromtimestamp(event["timestamp"] / 1000, UTC), said["detail"]
            service = said["resources"][0].rsplit("/", 1)[-1]
            found.append(Verdict(run.minute(at), service, detail["eventName"], detail.get("reason", "")))
    return sorted(found, key=lambda row: -row.at)


@contextmanager
def visited(url: str) -> Iterator[None]:
    """Somebody looks at the page all the time, in waves."""
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            with suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(url, timeout=10).read()
            over.wait(0.3 + 0.25 * math.sin(time.monotonic() / 12))

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    try:
        yield
    finally:
        over.set()
        for visitor in visitors:
            visitor.join()


def project(folder: Path) -> Path:
    """The repository's own project, with alarms, so that there are thresholds, and with counts of tasks."""
    folder.mkdir()
    for name in PARTS:
        shutil.copy(ROOT / name, folder)
    stack = folder / "Pulumi.dev.yaml"
    settings = yaml.safe_load(stack.read_text())
    settings["config"] |= {"slipway:alarms": {"enabled": True}, "slipway:cluster": {"insights": "enabled"}}
    stack.write_text(yaml.safe_dump(settings))
    return folder


def story(demo: Demo) -> Run:
    """What happens: a good release, a bad one, and visitors from the first to the last minute."""
    demo.slipway("up", "dev", "--yes")
    url = demo.url()
    demo.slipway("config", "import", "dev", "example", "-", stdin=variables(url, demo.sandbox))
    run = Run(datetime.now(UTC), boto3.Session(region_name=REGION).client("cloudwatch"))
    with visited(url):
        for version in ("v1", "broken"):
            time.sleep(QUIET)
            demo.push(version)
            # Whatever becomes of it is drawn: on a busy machine a good one may fail its health check.
            with suppress(SystemExit):
                demo.slipway("deploy", "dev", "example", "--image", f"demo-{version}")
        time.sleep(QUIET)
    run.marks = released(run, json.loads(demo.slipway_quiet("releases", "list", "dev", "example", "--json")))
    return run


def main(target: Path) -> None:
    """Run and draw."""
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "slipway", "font.family": "sans-serif"}
    with tempfile.TemporaryDirectory(prefix="slipway-pictures-") as name:
        demo = Demo(Path(name) / "sandbox")
        demo.environment |= {
            "SLIPWAY_PROJECT": str(project(Path(name) / "project")), "SLIPWAY_SANDBOX_PACE": str(PACE),
        }  # fmt: skip
        demo.slipway("sandbox", "up", "--dir", str(demo.sandbox))
        try:
            demo.enter()
            os.environ.update(demo.environment)
            run = story(demo)
            run.verdicts = decided(run, ecs_events_group("dev"))
            found = Monitoring.model_validate_json(demo.slipway_quiet("monitoring", "export", "dev"))
            target.mkdir(parents=True, exist_ok=True)
            for board in boards(found):
                file = target / f"{board.app or 'overview'}.svg"
                draw(board, run).savefig(file, format="svg", metadata={"Date": None})
                tell(f"drawn: {file}")
        finally:
            subprocess.run([SLIPWAY, "sandbox", "down", "--dir", str(demo.sandbox), "--yes"], check=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "dashboards")

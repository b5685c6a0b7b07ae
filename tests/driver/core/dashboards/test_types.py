"""Dashboards held against Grafana's own types, by TypeScript's compiler."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from driver.core.dashboards.document import document
from model.monitoring.dashboards.boards import boards
from tests.projects import ROOT
from tests.watched import watched

NPM = ROOT / ".venv" / "npm" / "node_modules"
TYPES = NPM / "@grafana" / "schema" / "dist" / "types" / "raw"
WHOLE = """
import type { Dashboard } from '%(types)s/dashboard/x/types.gen';
import type {
  CloudWatchLogsQuery, CloudWatchMetricsQuery,
} from '%(types)s/composable/cloudwatch/dataquery/x/types.gen';
import type { FieldConfig, Options } from '%(types)s/composable/timeseries/panelcfg/x/types.gen';
import type { Options as Releases } from '%(types)s/composable/annotationslist/panelcfg/x/types.gen';

// JSON has the values of enums, and objects without those that Grafana fills in.
type Json<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
type Part<T> = T extends object ? { [K in keyof T]?: Part<T[K]> } : T;

export const dashboards: Json<Dashboard>[] = %(dashboards)s;
export const metrics: Json<CloudWatchMetricsQuery>[] = %(metrics)s;
export const logs: Json<CloudWatchLogsQuery>[] = %(logs)s;
export const custom: Part<Json<FieldConfig>>[] = %(custom)s;
export const options: Part<Json<Options>>[] = %(options)s;
export const releases: Json<Releases>[] = %(releases)s;
"""
Documents = list[dict[str, Any]]

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not TYPES.is_dir(),
    reason="no types of Grafana: node and npm are needed, then `make schema`",
)


def complaints(documents: Documents, folder: Path) -> list[str]:
    """The lines that the compiler does not take, each with what it says; nothing if all fits."""
    panels = [panel for row in documents for panel in row["panels"]]
    graphs = [panel for panel in panels if panel["type"] == "timeseries"]
    targets = [query for panel in panels for query in panel.get("targets", [])]
    parts = {
        "dashboards": documents,
        "metrics": [query for query in targets if query["queryMode"] == "Metrics"],
        "logs": [query for query in targets if query["queryMode"] == "Logs"],
        "custom": [panel["fieldConfig"]["defaults"]["custom"] for panel in graphs],
        "options": [panel["options"] for panel in graphs],
        "releases": [panel["options"] for panel in panels if panel["type"] == "annolist"],
    }
    file = folder / "dashboards.ts"
    file.write_text(WHOLE % {"types": TYPES, **{key: json.dumps(value, indent=1) for key, value in parts.items()}})
    compiler = [str(NPM / "typescript" / "bin" / "tsc"), "--noEmit", "--strict", "--skipLibCheck", str(file)]
    done = subprocess.run(["node", *compiler], capture_output=True, text=True, timeout=120, check=False)
    lines = file.read_text().splitlines()
    assert (done.returncode == 0) is (done.stdout + done.stderr == "")
    found = re.findall(r"dashboards\.ts\((\d+),\d+\): (.*)", done.stdout)
    return [f"{lines[int(number) - 1].strip()}: {said}" for number, said in found]


def built() -> Documents:
    """All dashboards of an environment with everything."""
    return [document(board, "aws-dev") for board in boards(watched())]


def of_kind(documents: Documents, kind: str) -> Iterator[dict[str, Any]]:
    """Panels of one kind."""
    return (panel for row in documents for panel in row["panels"] if panel["type"] == kind)


def test_every_dashboard_is_what_grafana_s_types_say(tmp_path: Path) -> None:
    assert complaints(built(), tmp_path) == []


def _query(documents: Documents) -> dict[str, Any]:
    found: dict[str, Any] = next(of_kind(documents, "timeseries"))["targets"][0]
    return found


def _graph(documents: Documents) -> dict[str, Any]:
    return next(of_kind(documents, "timeseries"))


FAULTS: dict[str, Callable[[Documents], object]] = {
    "schemaVersion": lambda rows: rows[0].update(schemaVersion="forty-one"),
    "graphTooltip": lambda rows: rows[0].update(graphTooltip="cross"),
    "colour": lambda rows: rows[0].update(colour="blue"),
    "w": lambda rows: _graph(rows)["gridPos"].update(w="wide"),
    "metricNmae": lambda rows: _query(rows).update(metricNmae="CPUUtilization"),
    "matchExact": lambda rows: _query(rows).update(matchExact="yes"),
    "metricEditorMode": lambda rows: _query(rows).update(metricEditorMode=7),
    "drawStyle": lambda rows: _graph(rows)["fieldConfig"]["defaults"]["custom"].update(drawStyle="crayon"),
    "placement": lambda rows: _graph(rows)["options"]["legend"].update(placement="above"),
    "onlyInTimeRange": lambda rows: next(of_kind(rows, "annolist"))["options"].update(onlyInTimeRange="no"),
}


def test_each_planted_fault_is_found(tmp_path: Path) -> None:
    spoilt = [built()[1:2] for _ in FAULTS]
    for documents, spoil in zip(spoilt, FAULTS.values(), strict=True):
        spoil(documents)
    found = complaints([row for documents in spoilt for row in documents], tmp_path)
    assert sorted(line.split('"')[1] for line in found) == sorted(FAULTS)

"""dev, staging and prod with 8 apps each in three regions of one sandbox: ``python -m benchmarks.environments``.

Each app has a web, two workers and a release process; each environment is what its own stack file in the repository
says, moved to a region of its own. Printed are the times of `up`, of a second `up` and of `preview`, and what a preview
costs for each app more (8 of them, then 50 of them in dev). Ends with 1 where anything is left to change, or where the
preview of 8 apps takes longer than the limit.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from driver.adapters.pulumi.find_engine import find
from tests.projects import REGIONS, edited, in_regions, many_apps
from tests.sandbox_project import Site, sandboxed

FEW, MANY = 8, 50
RUNS = 3
LIMIT = 15.0
PATIENCE = 1800.0


def lay_project(folder: Path) -> Path:
    """The repository's own program and stack files, with 8 apps, and room for the load balancers of 50."""
    in_regions(folder, FEW)
    for env in REGIONS:
        with edited(folder / f"Pulumi.{env}.yaml") as stack:
            stack["slipway:network"]["public_mask"] = 21
    return folder


def timed(site: Site, *arguments: str) -> tuple[float, list[object]]:
    """A command's time in seconds and the changes that its --json lists. Ends the benchmark where it fails."""
    started = time.monotonic()
    done = site.slipway(*arguments, "--json", seconds=PATIENCE)
    took = time.monotonic() - started
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return took, list(json.loads(done.stdout))


def preview(site: Site, env: str) -> tuple[float, int]:
    """The median time of some previews, and how many changes the last one has."""
    rows = [timed(site, "preview", env) for _ in range(RUNS)]
    return statistics.median(row[0] for row in rows), len(rows[-1][1])


def environment(site: Site, env: str) -> tuple[float, int]:
    """Bring one environment up and look twice whether anything is left; the time of a preview, the changes left."""
    first, made = timed(site, "up", env, "--yes")
    second, again = timed(site, "up", env, "--yes")
    planned, left = preview(site, env)
    print(
        f"{env:8} {FEW} apps: up {first:6.1f} s, {len(made)} resources;"
        f" second up {second:5.1f} s, {len(again)} changes; preview {planned:5.1f} s, {left} changes",
        flush=True,
    )
    return planned, len(again) + left


def main() -> int:
    """Measure and print."""
    engine = find(lambda _line: None, env=os.environ)
    with (
        tempfile.TemporaryDirectory(prefix="slipway-environments-") as name,
        sandboxed(Path(name), engine, lay_project) as site,
    ):
        rows = {env: environment(site, env) for env in REGIONS}
        few = rows["dev"][0]
        many_apps(site.project, MANY)
        grown, _ = timed(site, "up", "dev", "--yes")
        many, left = preview(site, "dev")
        print(f"dev      {MANY} apps: up from {FEW} apps {grown:6.1f} s; preview {many:5.1f} s, {left} changes")
        print(
            f"preview of {FEW} apps {few:.1f} s, limit {LIMIT:.0f} s; each app more {(many - few) / (MANY - FEW):.3f} s"
        )
    return 0 if few <= LIMIT and left + sum(row[1] for row in rows.values()) == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

"""dev, staging and prod with 8 apps each in three regions of one sandbox: ``python -m benchmarks.environments``.

Each app has a web, two workers and a release process; each environment is what its own stack file in the repository
says, moved to a region of its own. Printed are the times of `up`, of a second `up` and of `preview`, and what a preview
costs for each app more (8 of them, then 50 of them in dev). Ends with 1 where anything is left to change, or where the
preview of 8 apps takes longer than the limit.
"""

import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import yaml

from driver.adapters.engine import find
from tests.site import ROOT, Site, sandboxed

REGIONS = {"dev": "eu-west-1", "staging": "eu-central-1", "prod": "eu-north-1"}
FEW, MANY = 8, 50
RUNS = 3
LIMIT = 15.0
PATIENCE = 1800.0
PROCESSES = {
    "web": {"port": 8000, "scaling": {"min": 1, "max": 4}},
    "worker": {"count": 1},
    "mailer": {"count": 1},
    "release": {},
}


def lay_project(folder: Path) -> Path:
    """The repository's own program and stack files, with 8 apps."""
    folder.mkdir()
    (folder / "__main__.py").write_bytes((ROOT / "__main__.py").read_bytes())
    write_catalogue(folder, FEW)
    for env, region in REGIONS.items():
        text = (ROOT / f"Pulumi.{env}.yaml").read_text(encoding="utf-8")
        stack = yaml.safe_load(re.sub(r"eu-west-1(?=[a-z\b]|$)", region, text, flags=re.MULTILINE))
        # The example's own overrides are for an app that is not here; images don't leave a region by themselves.
        stack["config"].pop("slipway:overrides", None)
        # Room for the load balancers of 50 apps.
        stack["config"]["slipway:network"]["public_mask"] = 21
        stack["config"]["slipway:registry"] = {"owner": env}
        (folder / f"Pulumi.{env}.yaml").write_text(yaml.safe_dump(stack), encoding="utf-8")
    return folder


def write_catalogue(folder: Path, apps: int) -> None:
    """So many apps."""
    catalogue = {f"app{number:02}": {"processes": PROCESSES} for number in range(1, apps + 1)}
    project = {"name": "slipway", "runtime": "python", "config": {"apps": {"value": catalogue}}}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")


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
        write_catalogue(site.project, MANY)
        grown, _ = timed(site, "up", "dev", "--yes")
        many, left = preview(site, "dev")
        print(f"dev      {MANY} apps: up from {FEW} apps {grown:6.1f} s; preview {many:5.1f} s, {left} changes")
        print(
            f"preview of {FEW} apps {few:.1f} s, limit {LIMIT:.0f} s; each app more {(many - few) / (MANY - FEW):.3f} s"
        )
    return 0 if few <= LIMIT and left + sum(row[1] for row in rows.values()) == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

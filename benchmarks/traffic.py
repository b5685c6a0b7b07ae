"""Requests that fail while releases change: ``python -m benchmarks.traffic``, in a sandbox of its own.

A steady load goes through the sandbox's load balancer while a good release is deployed, one that crashes is, and the
first one is rolled back to. The limit is 0 failed requests in each.
"""

import os
import tempfile
from pathlib import Path

from benchmarks.load import steady
from driver.adapters.pulumi.find_engine import find
from tests.faults.app_environment import APP, Town, lay_project
from tests.sandbox_project import sandboxed


def main() -> None:
    """Measure and print; nothing is asserted."""
    with tempfile.TemporaryDirectory(prefix="slipway-traffic-") as name:
        engine = find(print, env=os.environ)
        with sandboxed(Path(name), engine, lay_project) as site:
            town = Town(site.folder, site.environment, site.project)
            town.well("up", "dev", "--yes")
            town.configure_shop()
            first = town.settled("v1").release
            for title, arguments in (
                ("deploy of a good release", ("deploy", "dev", APP, "--image", town.image("v2"))),
                ("deploy of one that crashes", ("deploy", "dev", APP, "--image", town.image("v3", web="crashes"))),
                ("rollback", ("rollback", "dev", APP, f"v{first}", "--yes")),
            ):
                with steady(town.url(APP)) as traffic:
                    done = town.slipway(*arguments)
                print(f"{title:28} {traffic.line()}  limit 0 failed  (exit code {done.returncode})")
                for failure in sorted(set(traffic.failures)):
                    print(f"    {failure}")


if __name__ == "__main__":
    main()

"""What Slipway costs on this machine: ``python -m benchmarks.footprint``, against a sandbox that `make demo` left up.

Prints medians of five runs, each beside the limit that the project holds itself to.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

SLIPWAY = str(Path(sys.executable).with_name("slipway"))
RUNS = 5


def seconds(*arguments: str, environment: dict[str, str]) -> float:
    """The median wall-clock time of a command."""
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([SLIPWAY, *arguments], env=environment, capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def answer(*arguments: str) -> dict[str, object]:
    """What a command answers with --json."""
    done = subprocess.run([SLIPWAY, *arguments, "--json"], capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure and print; nothing is asserted, since machines are noisy."""
    environment = {**os.environ, **{key: str(value) for key, value in answer("sandbox", "env").items()}}
    print(f"slipway --help            {seconds('--help', environment=environment):6.2f} s   limit 0.4 s")
    print(f"slipway up dev, no change {seconds('up', 'dev', '--yes', environment=environment):6.2f} s   limit 6 s")
    memory = answer("sandbox", "status")["memory"]
    assert isinstance(memory, dict)
    megabytes = (memory["sandbox"] + memory["vault"]) / 1e6
    print(f"sandbox without its tasks {megabytes:6.0f} MB  limit 600 MB")


if __name__ == "__main__":
    main()

"""What one more app costs: ``python -m benchmarks.scale`` deploys one app among 10 and one among 100, in turns.

It makes two sandboxes and projects, with apps that have a worker of 0 tasks, and removes them. Printed are
medians: wall-clock time without what the driver slept while ECS worked, and the CPU time of driver, engine and plugins.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
SLIPWAY = str(Path(sys.executable).with_name("slipway"))
FEW, MANY = 10, 100
RUNS = 7
LIMIT = 1.5
APP = "app001"


@dataclass(frozen=True)
class Cost:
    """What one deploy took, in seconds. `echo` is the reading of what the last update left in the state."""

    wall: float
    cpu: float
    echo: float


@dataclass
class SleepCounting:
    """The machine's own time, which adds up what was slept."""

    slept: float = 0.0

    def now(self) -> float:
        """Seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, and remember for how long."""
        time.sleep(seconds)
        self.slept += seconds

    def utc(self) -> datetime:
        """The time of day."""
        from driver.adapters.host.clock import SystemClock

        return SystemClock().utc()


class Timed:
    """A function that adds up how long it took."""

    def __init__(self, function: Callable[[], object]) -> None:
        self.seconds = 0.0
        self._function = function

    def __call__(self) -> object:
        """Call it."""
        started = time.monotonic()
        try:
            return self._function()
        finally:
            self.seconds += time.monotonic() - started


def deploy_here(project: Path) -> None:
    """One deploy, in this process, which was started for it; prints what it slept and how long the echo took."""
    from components import previous_state
    from driver.core.locking import held
    from driver.core.release import deploy
    from driver.wiring import live

    clock, read = SleepCounting(), Timed(previous_state.read)
    setattr(previous_state, "read", read)  # noqa: B010 - the program, which runs in this process, calls it by this name
    world = replace(live(project, "dev"), clock=clock)
    say = lambda line: print(line, file=sys.stderr)  # noqa: E731
    with held(world, APP, "benchmark", 0, say):
        plan = deploy.plan(world, deploy.Request(app=APP, image="v1"))
        deploy.carry_out(world, plan, say)
    print(json.dumps({"slept": clock.slept, "echo": read.seconds}))


def measured(project: Path, environment: Mapping[str, str]) -> Cost:
    """The cost of one deploy."""
    cpu, started = _cpu(), time.monotonic()
    told = json.loads(_run([sys.executable, "-m", "benchmarks.scale", str(project)], environment))
    return Cost(time.monotonic() - started - told["slept"], _cpu() - cpu, told["echo"])


def _cpu() -> float:
    """The CPU time of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(command: list[str], environment: Mapping[str, str], stdin: str = "") -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}\n{done.stderr}")
    return done.stdout


def write_project(folder: Path, apps: int) -> None:
    """A project with so many apps."""
    folder.mkdir()
    (folder / "__main__.py").write_bytes((ROOT / "__main__.py").read_bytes())
    names = [f"app{number:03}" for number in range(1, apps + 1)]
    catalogue = {name: {"processes": {"worker": {"count": 0}}} for name in names}
    project = {"name": "slipway", "runtime": "python", "config": {"apps": {"value": catalogue}}}
    stack = {
        "aws:region": "eu-west-1",
        "slipway:network": {"cidr": "10.0.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"], "nat": "single"},
        "slipway:secret_recovery_days": 0,
        "slipway:deploy": {"proof": 0},
    }
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
    (folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump({"config": stack}), encoding="utf-8")


@contextmanager
def sandbox(folder: Path) -> Iterator[dict[str, str]]:
    """A sandbox, and the environment that leads to it."""
    _run([SLIPWAY, "sandbox", "up", "--dir", str(folder)], os.environ)
    try:
        told = json.loads(_run([SLIPWAY, "sandbox", "env", "--dir", str(folder), "--json"], os.environ))
        _start_plugins_cold(folder / "plugins.sock")
        yield {**os.environ, **told}
    finally:
        _run([SLIPWAY, "sandbox", "down", "--yes", "--dir", str(folder)], os.environ)


def _start_plugins_cold(warm: Path) -> None:
    """Plugins that the sandbox forks are not below the driver, so their CPU time would not be counted."""
    while not warm.exists():
        time.sleep(0.1)
    warm.unlink()


def bring_up(project: Path, apps: int, environment: Mapping[str, str]) -> None:
    """The platform with so many apps."""
    write_project(project, apps)
    started = time.monotonic()
    _run([SLIPWAY, "--project", str(project), "up", "dev", "--yes"], environment)
    print(f"slipway up to {apps:3} apps      {time.monotonic() - started:6.1f} s", flush=True)


def prepare(project: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """An image and variables for the app that is deployed, and its first release, which starts from the bootstrap."""
    folder.mkdir()
    (folder / "Procfile").write_text("worker: sleep 1000\n", encoding="utf-8")
    slipway = [SLIPWAY, "--project", str(project)]
    _run([*slipway, "config", "import", "dev", APP, "-"], environment, "NAME=value\n")
    _run([*slipway, "image", "push", "dev", APP, "--path", str(folder), "--tag", "v1"], environment)
    measured(project, environment)


def median(costs: list[Cost]) -> Cost:
    """Each figure's own median."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "echo")))


def show(name: str, cost: Cost) -> None:
    """One line."""
    print(f"{name:24} {cost.wall:6.2f} s wall {cost.cpu:6.2f} s CPU {cost.echo:6.3f} s echo", flush=True)


@contextmanager
def platform(apps: int) -> Iterator[tuple[Path, dict[str, str]]]:
    """A sandbox of its own with a platform of so many apps, the first of them released: its project and environment."""
    with tempfile.TemporaryDirectory(prefix="slipway-scale-") as name, sandbox(Path(name) / "sandbox") as environment:
        project = Path(name) / "project"
        bring_up(project, apps, environment)
        prepare(project, Path(name) / "image", environment)
        yield project, environment


def main() -> int:
    """Measure and print; 1 where the limit is not held."""
    with platform(FEW) as few, platform(MANY) as many:
        # In turns, since the machine itself is faster in one minute than in the next.
        pairs = [(measured(*few), measured(*many)) for _ in range(RUNS)]
    show(f"deploy of 1 app of {FEW}", median([pair[0] for pair in pairs]))
    show(f"deploy of 1 app of {MANY}", median([pair[1] for pair in pairs]))
    ratios = [statistics.median(getattr(b, name) / getattr(a, name) for a, b in pairs) for name in ("wall", "cpu")]
    print(f"ratio, median of {RUNS} pairs: wall {ratios[0]:.2f}, CPU {ratios[1]:.2f}   limit {LIMIT}")
    return 0 if max(ratios) <= LIMIT else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        deploy_here(Path(sys.argv[1]))
    else:
        sys.exit(main())

"""The main job from nothing, in the sandbox: ``python -m examples.demo``.

Every step is a command that a user would type; what it prints is what they would see.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

from examples.example_versions import lay_out

ROOT: Final = Path(__file__).resolve().parent.parent
SLIPWAY: Final = str(Path(sys.executable).with_name("slipway"))
RELEASE_PHASE_FAILED: Final = 5
ROLLOUT_FAILED: Final = 6


class Demo:
    """One run of the demo: the environment that its commands see, and what it has shown so far."""

    def __init__(self, sandbox: Path) -> None:
        self.sandbox = sandbox
        self.environment = dict(os.environ)
        self.started = time.monotonic()
        self.shown: list[str] = []

    def title(self, text: str) -> None:
        """A new chapter."""
        tell(f"\n=== {time.monotonic() - self.started:4.0f} s  {text}")

    def slipway(self, *arguments: str, expect: int = 0, stdin: str | None = None) -> str:
        """Run a command as a user would; its answer. Ends the demo when the exit code is not the expected one."""
        tell(f"$ slipway {' '.join(arguments)}")
        done = subprocess.run(
            [SLIPWAY, *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.stdout:
            tell(done.stdout.rstrip())
        if done.returncode != expect:
            raise SystemExit(f"slipway {arguments[0]} ended with {done.returncode}, not {expect}")
        return done.stdout

    def enter(self) -> None:
        """Point everything that follows at the sandbox, as `eval "$(slipway sandbox env)"` does for a shell."""
        lines = self.slipway_quiet("sandbox", "env", "--dir", str(self.sandbox), "--json")
        self.environment |= json.loads(lines)

    def slipway_quiet(self, *arguments: str) -> str:
        """A command whose answer is used and not shown."""
        done = subprocess.run(
            [SLIPWAY, *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return done.stdout

    def url(self) -> str:
        """The address of the example's web process."""
        status = json.loads(self.slipway_quiet("status", "dev", "example", "--json"))
        return str(next(row["url"] for row in status["processes"] if row["name"] == "web"))

    def configured(self) -> bool:
        """Whether an earlier run has put the variables into Vault."""
        command = [SLIPWAY, "config", "list", "dev", "example"]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, check=False).returncode == 0

    def runs(self, version: str) -> bool:
        """Whether a version is what the example runs already."""
        image = json.loads(self.slipway_quiet("status", "dev", "example", "--json"))["image"] or ""
        images = json.loads(self.slipway_quiet("image", "list", "dev", "example", "--json"))
        return any(f"demo-{version}" in row["tags"] and image.endswith(row["digest"]) for row in images)

    def push(self, version: str) -> str:
        """Lay a version of the example out and push it; its reference."""
        with tempfile.TemporaryDirectory(prefix="slipway-demo-") as name:
            folder = lay_out(version, Path(name) / "example")
            return self.slipway("image", "push", "dev", "example", "--path", str(folder), "--tag", f"demo-{version}")

    def page(self, url: str) -> str:
        """The page, through the load balancer."""
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())


def tell(line: str) -> None:
    """A line of the demo's own story."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def variables(url: str, sandbox: Path) -> str:
    """The example's variables, as a .env file would hold them."""
    database = sandbox.resolve() / "example.sqlite3"
    host = url.removeprefix("http://").split(":")[0].strip("/")
    values = {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "DATABASE_URL": f"sqlite:///{database}",
        "ALLOWED_HOSTS": f"localhost,{host}",
        "GREETING": "Hello from Slipway",
        "HIREFIRE_TOKEN": secrets.token_urlsafe(16),
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


def run(sandbox: Path) -> None:
    """The whole story."""
    demo = Demo(sandbox)
    demo.title("an AWS and a Vault on this machine")
    demo.slipway("sandbox", "up", "--dir", str(sandbox))
    demo.enter()
    demo.title("the platform, on the bootstrap image")
    demo.slipway("up", "dev", "--yes")
    url = demo.url()
    _configure(demo, url)
    _ship(demo, url)
    demo.title("a release whose migration fails: nothing that serves is touched")
    demo.push("bad-migration")
    demo.slipway("deploy", "dev", "example", "--image", "demo-bad-migration", expect=RELEASE_PHASE_FAILED)
    demo.title("a release whose web crashes: everything goes back together")
    demo.push("broken")
    demo.slipway("deploy", "dev", "example", "--image", "demo-broken", expect=ROLLOUT_FAILED)
    demo.title("what is true now")
    demo.slipway("status", "dev", "example")
    demo.slipway("releases", "dev", "example")
    _farewell(url, sandbox)


def _configure(demo: Demo, url: str) -> None:
    demo.title("variables into Vault")
    if demo.configured():
        demo.slipway("config", "list", "dev", "example")
    else:
        demo.slipway("config", "import", "dev", "example", "-", stdin=variables(url, demo.sandbox))


def _ship(demo: Demo, url: str) -> None:
    """Both versions, one after the other; what an earlier run has shipped is not shipped again."""
    if demo.runs("v2"):
        demo.title("v1 and v2 were shipped by an earlier run, and v2 runs (again from nothing: slipway sandbox reset)")
        tell(f"$ curl {url}   ({len(demo.page(url))} bytes)")
        return
    for version in ("v1", "v2"):
        demo.title(f"release {version}: migration as a one-off task, then web and worker together")
        demo.push(version)
        demo.slipway("deploy", "dev", "example", "--image", f"demo-{version}")
        tell(f"$ curl {url}   ({len(demo.page(url))} bytes)")


def _farewell(url: str, sandbox: Path) -> None:
    where = "" if sandbox == ROOT / ".sandbox" else f" --dir {sandbox}"
    tell(f"""
The example runs at {url}
Look around:  eval "$(.venv/bin/slipway sandbox env{where})"
              slipway logs dev example        slipway releases dev example
              pulumi stack export --stack dev
Stop it:      .venv/bin/slipway sandbox down{where}""")


if __name__ == "__main__":
    run(Path(os.environ.get("SLIPWAY_SANDBOX_DIR", ROOT / ".sandbox")))

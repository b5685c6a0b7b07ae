"""The two ways to get the pinned engine into a folder: Pulumi's official installer, and a build from the Go module."""

import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from driver.adapters.pulumi.child_process import Child, Outcome, run
from driver.adapters.pulumi.install_progress import GoProgress, elapsed
from engine import ENGINE_VERSION, GO_FILES, GO_PACKAGE, read_go_file

_INSTALLER_URL: Final = "https://get.pulumi.com/install.sh"
# urllib waits without end for a name server or a packet that is dropped on the way, so the answer is asked for first,
# by a child that can be ended; it honours the usual proxy variables, as the installer does.
_PROBE: Final = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5).close()"
_PROBE_SECONDS: Final = 8.0
_INSTALL: Final = """
import subprocess, sys
from pulumi.automation import PulumiCommand
from semver import VersionInfo
try:
    PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))
except subprocess.CalledProcessError as error:
    sys.exit(f"{(error.output or b'').decode(errors='replace').strip()}\\nthe installer exited with {error.returncode}")
except OSError as error:
    sys.exit(f"{error}")
"""
_INSTALL_SECONDS: Final = 900.0
_BUILD_SECONDS: Final = 3600.0
_VERSION_VARIABLE: Final = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


@dataclass(frozen=True, kw_only=True)
class Request:
    """Where the engine shall go (`<target>/bin/pulumi`), and what a source may use to get it there."""

    target: Path
    env: Mapping[str, str]
    log: Path
    say: Callable[[str], None]


def install(request: Request) -> str | None:
    """Runs Pulumi's official installer, which also brings the language hosts; the reason where that didn't work.

    Without internet it gives up within `_PROBE_SECONDS`. https://www.pulumi.com/docs/install/
    """
    if not _python(request, _PROBE_SECONDS, _PROBE, _INSTALLER_URL).ok:
        return "get.pulumi.com can't be reached"
    request.say(f"engine: installing Pulumi {ENGINE_VERSION} from get.pulumi.com")
    outcome = _python(request, _INSTALL_SECONDS, _INSTALL, str(request.target), ENGINE_VERSION)
    return None if outcome.ok else f"Pulumi's installer: {outcome.reason}"


def _python(request: Request, seconds: float, *arguments: str) -> Outcome:
    # -P: nothing in the folder where somebody happens to stand shadows a module.
    command = (sys.executable, "-P", "-c", *arguments)
    env = {**request.env, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    return run(Child(command=command, env=env, cwd=request.log.parent, log=request.log, seconds=seconds))


def build(request: Request) -> str | None:
    """Builds the engine from the pinned Go module with the `go` on PATH; the reason where that didn't work."""
    go = shutil.which("go", path=request.env.get("PATH", ""))
    if go is None:
        return "there is no `go` on PATH"
    source = _unpack(request.target / "source")
    started = time.monotonic()
    request.say(f"engine: building Pulumi {ENGINE_VERSION} from its Go source, once; this takes some minutes")
    progress = GoProgress(request.say, 0, started)
    listed = _go(request, progress, source, (go, "list", "-mod=readonly", "-deps", GO_PACKAGE))
    if not listed.ok:
        return f"go list: {listed.reason}"
    progress.packages = sum(1 for line in listed.lines if not line.startswith("go: "))
    built = _go(request, progress, source, _build_command(go, request.target / "bin" / "pulumi"))
    if not built.ok:
        return f"go build: {built.reason}"
    shutil.rmtree(source)
    request.say(f"engine: built in {elapsed(time.monotonic() - started)}")
    return None


def _unpack(folder: Path) -> Path:
    # A copy, since the installed one may be read-only or in a zip.
    folder.mkdir(parents=True)
    for name in GO_FILES:
        (folder / name).write_bytes(read_go_file(name))
    return folder


def _build_command(go: str, binary: Path) -> tuple[str, ...]:
    flags = f"-s -w -X {_VERSION_VARIABLE}=v{ENGINE_VERSION}"
    return (go, "build", "-mod=readonly", "-v", "-trimpath", "-ldflags", flags, "-o", str(binary), GO_PACKAGE)


def _go(request: Request, progress: GoProgress, source: Path, command: tuple[str, ...]) -> Outcome:
    # A workspace file further up would take the place of the pinned module list.
    env = {**request.env, "CGO_ENABLED": "0", "GOWORK": "off"}
    env.setdefault("HOME", str(Path.home()))
    child = Child(command=command, env=env, cwd=source, log=request.log, seconds=_BUILD_SECONDS)
    listing = command[1] == "list"

    def see(line: str) -> None:
        # The names that `go list` answers with aren't compiled packages.
        if not listing or line.startswith("go: "):
            progress.see(line, time.monotonic())

    return run(child, see, lambda: progress.tick(time.monotonic()))

"""A machine of its own for the engine's tests: a PATH, a cache and programs that are small scripts."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

from driver.adapters.pulumi import find_engine
from engine import ENGINE_VERSION

# Answers `list` with two packages and `build` with a script in the place of the engine; writes down what it saw.
GO = """#!/bin/sh
echo "$1 $CGO_ENABLED $GOWORK $(ls | tr '\\n' ' ')" >> "{notes}"
case "$1" in
list) echo "go: downloading example.com/engine v1.0.0" >&2; echo strings; echo example.com/engine ;;
build)
  sleep {seconds}
  echo example.com/engine >&2
  {failure}
  while [ "$1" != -o ]; do shift; done
  mkdir -p "$(dirname "$2")"
  printf '#!/bin/sh\\necho v{version}\\n' > "$2" && chmod +x "$2" ;;
esac
"""


@dataclass
class Machine:
    """Folders and an environment without internet: the proxy that it names refuses every connection."""

    root: Path
    said: list[str] = field(default_factory=list)

    @property
    def cache(self) -> Path:
        return self.root / "cache" / "slipway" / "engine"

    @property
    def cached(self) -> Path:
        return self.cache / f"v{ENGINE_VERSION}" / "bin" / "pulumi"

    @property
    def go_notes(self) -> list[str]:
        notes = self.root / "notes"
        return notes.read_text().splitlines() if notes.exists() else []

    def env(self, **more: str) -> dict[str, str]:
        path = f"{self.root / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin"
        closed = "http://127.0.0.1:9"
        return {"PATH": path, "XDG_CACHE_HOME": str(self.root / "cache"), "https_proxy": closed, **more}

    def find(self, **more: str) -> Path:
        return find_engine.find(self.said.append, env=self.env(**more))

    def program(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
        return file

    def pulumi(self, path: str, version: str) -> Path:
        return self.program(path, f"#!/bin/sh\necho v{version}\n")

    def go(self, *, version: str = ENGINE_VERSION, failure: str = "", seconds: float = 0) -> None:
        text = GO.format(notes=self.root / "notes", version=version, failure=failure, seconds=seconds)
        self.program("bin/go", text)

    def command(self) -> list[str]:
        return [sys.executable, "-m", "driver.adapters.pulumi.find_engine"]

"""The commands by which the Pulumi engine starts the stand-in provider plugins."""

import shlex
import sys
from pathlib import Path

from sandbox.state_dir import Folder

PLUGINS = ("aws", "awsx")


def write(folder: Folder) -> None:
    """`pulumi-resource-<name>` for each plugin, in the folder's `bin`."""
    root = Path(__file__).parents[2]
    for name in PLUGINS:
        launcher = folder.bin / f"pulumi-resource-{name}"
        # -I and -S: nothing but the standard library, for a quick start.
        words = [sys.executable, "-I", "-S", root / "sandbox/providers/launch.py", folder.plugins, root]
        command = shlex.join([*map(str, words), f"sandbox.providers.{name}"])
        # `exec`, so that the process that the engine starts and later ends is no shell.
        launcher.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        launcher.chmod(0o755)

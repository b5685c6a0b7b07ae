"""The commands by which the Pulumi engine starts the stand-in provider plugins."""

import shlex
import sys
from pathlib import Path

from sandbox.folder import Folder

PLUGINS = ("aws", "awsx")


def write(folder: Folder) -> None:
    """`pulumi-resource-<name>` for each plugin, in the folder's `bin`."""
    for name in PLUGINS:
        launcher = folder.bin / f"pulumi-resource-{name}"
        root, python = shlex.quote(str(Path(__file__).parents[1])), shlex.quote(sys.executable)
        path = f"export PYTHONPATH={root}${{PYTHONPATH:+:$PYTHONPATH}}"
        # `exec`, so that the process that the engine starts and later ends is the plugin itself.
        launcher.write_text(f'#!/bin/sh\n{path}\nexec {python} -m sandbox.plugins.{name} "$@"\n')
        launcher.chmod(0o755)

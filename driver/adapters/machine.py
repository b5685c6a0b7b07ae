"""This machine, as `slipway doctor` looks at it: which engine would be used, and which programs are there."""

import os
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from driver.adapters.host.loopback import is_loopback
from driver.adapters.pulumi.find_engine import EngineMissingError, look
from driver.adapters.pulumi.home import real_home
from driver.core.account.doctor import Plugin
from driver.errors import NotReady

PLUGINS = {"aws": "pulumi-aws", "awsx": "pulumi-awsx"}
"""The engine's plugins that the program needs, and the package that each belongs to, whose version it must have."""


class ThisMachine:
    """The port Machine."""

    def engine(self) -> str:
        """The engine that would be used; none is installed or built for the question."""
        try:
            found = look(env=os.environ)
        except EngineMissingError as error:
            raise NotReady(error.message, hint=error.hint) from None
        if found is None:
            raise NotReady(
                "no Pulumi engine is here; the first command that needs one installs or builds it",
                hint="Or install it: https://www.pulumi.com/docs/iac/download-install/",
            )
        return str(found)

    def plugins(self) -> Sequence[Plugin]:
        """The plugins that the program needs; one on PATH goes before one in the engine's home.

        https://www.pulumi.com/docs/iac/concepts/plugins/
        """
        return [_plugin(name, version(package)) for name, package in PLUGINS.items()]

    def finds(self, program: str) -> bool:
        """Whether a program is on PATH."""
        return shutil.which(program) is not None

    def is_sandbox(self) -> bool:
        """Whether AWS is one on this machine."""
        return is_loopback(os.environ.get("AWS_ENDPOINT_URL", "https://aws"))


def _plugin(name: str, wanted: str) -> Plugin:
    program = f"pulumi-resource-{name}"
    on_path = shutil.which(program)
    if on_path is not None:
        return Plugin(name=name, version=wanted, place=on_path)
    folder = real_home(os.environ) / "plugins"
    mine = folder / f"resource-{name}-v{wanted}"
    if (mine / program).exists():
        return Plugin(name=name, version=wanted, place=str(mine), size=_size(mine))
    others = sorted(row.name.rsplit("-v", 1)[-1] for row in folder.glob(f"resource-{name}-v*") if row.is_dir())
    return Plugin(name=name, version=wanted, others=tuple(others))


def _size(folder: Path) -> int:
    return sum(row.lstat().st_size for row in folder.rglob("*") if row.is_file())

"""The SDK's stack without what it asks the engine around every operation: each question is a process of its own."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi import automation as auto
from semver import VersionInfo

from driver.adapters.project.stack_files import stack_file
from driver.adapters.project.yaml_file import read_yaml
from driver.adapters.pulumi import home
from driver.errors import NotReady
from engine import ENGINE_VERSION

if TYPE_CHECKING:
    from pulumi.automation._cmd import OnOutput

SELDOM = {"GOGC": os.environ.get("GOGC", "400")}
"""How much a heap may grow before Go collects its garbage, in per cent."""


class _Workspace(auto.LocalWorkspace):
    """A work dir whose stack is named in each command, so that it needn't be selected first."""

    def select_stack(self, stack_name: str) -> None:
        """Nothing: a stack that is not there is an error of the command that wants it."""

    def stack_outputs(self, stack_name: str) -> auto.OutputMap:
        """None: the driver reads the checkpoint, which has them as well."""
        return {}


class EngineStack(auto.Stack):
    """A stack that may not be there yet: its operations raise StackNotFoundError then."""

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary:
        """Nothing of interest: what an update did is told by its events."""
        return auto.UpdateSummary(
            kind="", start_time=datetime.now(UTC), message="", environment={}, config={}, result=""
        )


class EngineCommand(auto.PulumiCommand):
    """An engine that was found, and its version looked at, already: the SDK would ask it once more."""

    def __init__(self, engine: Path) -> None:
        self.command = str(engine)
        self.version = VersionInfo.parse(ENGINE_VERSION)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: "OnOutput | None" = None,
        on_error: "OnOutput | None" = None,
    ) -> auto.CommandResult:
        """Run the engine. Where it only reads the state it seldom collects garbage, which is a quarter of that; never
        where it starts plugins, since they inherit that and use far more memory.

        https://pkg.go.dev/runtime#hdr-Environment_Variables
        """
        env = {**additional_env, **(SELDOM if args[:2] == ["stack", "export"] else {})}
        return super().run(args, cwd, env, on_output, on_error)


def opened(env: str, folder: Path, program: Callable[[], None], command: auto.PulumiCommand) -> EngineStack:
    """The stack of an environment in a prepared work dir; asks the engine nothing.

    A stack that is made anew encrypts with what its file names as `secretsprovider`: the engine reads that of stacks
    which are there already.
    """
    named = read_yaml(stack_file(folder, env)).get("secretsprovider")
    provider = named if isinstance(named, str) else None
    workspace = _Workspace(
        work_dir=str(folder),
        program=program,
        pulumi_command=command,
        secrets_provider=provider,
        env_vars=home.prepared(folder, os.environ),
    )
    return EngineStack(env, workspace, _selecting())


def _selecting() -> Any:  # noqa: ANN401 - a type that the SDK keeps for itself
    """The mode that a stack's constructor demands. The SDK exports the class and not the mode, which another release of
    it may keep elsewhere. Raises NotReady there.
    """
    try:
        from pulumi.automation._stack import StackInitMode
    except ImportError:
        raise NotReady(
            f"Pulumi's SDK {version('pulumi')} is not one that Slipway works with",
            hint=f"Install the one of its engine: pip install 'pulumi=={ENGINE_VERSION}'",
        ) from None
    return StackInitMode.SELECT

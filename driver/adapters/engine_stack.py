"""The SDK's stack without what it asks the engine around every operation: each question is a process of its own."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pulumi import automation as auto

# The SDK exports the class but not the mode that its constructor demands.
from pulumi.automation._stack import StackInitMode
from semver import VersionInfo

from driver.adapters.project import stack_file
from driver.adapters.yaml_file import read_yaml
from engine import ENGINE_VERSION


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


def opened(env: str, folder: Path, program: Callable[[], None], command: auto.PulumiCommand) -> EngineStack:
    """The stack of an environment in a prepared work dir; asks the engine nothing.

    A stack that is made anew encrypts with what its file names as `secretsprovider`: the engine reads that of stacks
    which are there already.
    """
    named = read_yaml(stack_file(folder, env)).get("secretsprovider")
    provider = named if isinstance(named, str) else None
    workspace = _Workspace(work_dir=str(folder), program=program, pulumi_command=command, secrets_provider=provider)
    return EngineStack(env, workspace, StackInitMode.SELECT)

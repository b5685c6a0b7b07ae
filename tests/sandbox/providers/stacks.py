"""Stacks on the real engine and the stand-in plugins, told in what happened to each resource."""

import gc
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from pulumi import automation

REGION = "eu-west-1"
Program = Callable[[], None]


def nothing() -> None:
    """The program of a stack that is only read or destroyed."""


@dataclass
class Steps:
    """What an update did: operation by `<type>::<name>`, unchanged resources left out, and why."""

    done: dict[str, str] = field(default_factory=dict)
    diffs: dict[str, list[str]] = field(default_factory=dict)

    def take(self, event: automation.EngineEvent) -> None:
        step = event.resource_pre_event
        if step is None or step.metadata.type.startswith("pulumi:"):
            return
        name = "::".join(step.metadata.urn.split("::")[2:]).rsplit("$", 1)[-1]
        if step.metadata.op not in ("same", "refresh", "read"):
            self.done[name] = self.done.get(name) or str(step.metadata.op.value)
            self.diffs[name] = sorted(step.metadata.detailed_diff or {})


@dataclass
class World:
    """One stack and the AWS that it is in."""

    stack: automation.Stack
    variables: dict[str, str]

    def up(self, program: Program, **options: Any) -> Steps:
        steps = Steps()
        self.stack.workspace.program = program
        self.stack.up(on_event=steps.take, **options)
        return steps

    def preview(self, program: Program, **options: Any) -> Steps:
        steps = Steps()
        self.stack.workspace.program = program
        self.stack.preview(on_event=steps.take, **options)
        return steps

    def refused(self, program: Program, *, preview: bool = False) -> str:
        """What the engine says of a program that fails."""
        self.stack.workspace.program = program
        try:
            self.stack.preview() if preview else self.stack.up()
        except automation.CommandError as error:
            said = str(error)
        else:
            raise AssertionError("nothing was refused")
        return said

    def refresh(self) -> None:
        self.stack.refresh()

    def destroy(self) -> None:
        self.stack.workspace.program = nothing
        self.stack.destroy()

    def aws(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def resource(self, token: str, name: str) -> dict[str, Any]:
        """A resource as the state has it."""
        everything = self.stack.export_stack().deployment.get("resources", [])
        return next(r for r in everything if r["type"] == token and r["urn"].endswith(f"::{name}"))

    def outputs(self, token: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.resource(token, name)["outputs"]
        return found


@contextmanager
def world(name: str, variables: dict[str, str], engine: Path, work: Path) -> Iterator[World]:
    """A stack of its own, its state in files; destroyed and removed afterwards."""
    work.mkdir(parents=True)
    # The Automation API looks for the engine below a root folder's `bin`.
    (work / "bin").mkdir()
    (work / "bin" / "pulumi").symlink_to(engine / "pulumi")
    (work / "state").mkdir()
    backend = automation.ProjectBackend(url=f"file://{work / 'state'}")
    settings = automation.ProjectSettings(name="plugins", runtime="python", backend=backend)
    options = automation.LocalWorkspaceOptions(
        work_dir=str(work),
        env_vars={**variables, "PULUMI_BACKEND_URL": f"file://{work / 'state'}"},
        pulumi_command=automation.PulumiCommand(root=str(work), skip_version_check=True),
        project_settings=settings,
    )
    stack = automation.create_or_select_stack(name, project_name="plugins", program=nothing, opts=options)
    made = World(stack, variables)
    try:
        yield made
    finally:
        made.destroy()
        _forget_failed_programs()


def _forget_failed_programs() -> None:
    """The Automation API leaves the event loop of a failed program to its thread, and both to the garbage collector."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
        # The thread ends once its pool is collected, and its event loop with it.
        time.sleep(0.3)
        gc.collect()

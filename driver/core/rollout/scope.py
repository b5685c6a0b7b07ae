"""What a deploy may touch: this app's task definitions and services, in exactly the way that a release changes them."""

from collections.abc import Collection, Sequence

from driver.core.ports import Change
from driver.core.values.checkpoint import AppState
from driver.core.values.release import Release, unfinished
from driver.errors import NotReady
from model.names.pulumi_types import SERVICE, TASK_DEFINITION
from model.settings.app import App

ALLOWED = {"update", "replace", "create-replacement", "delete-replaced"}
ANEW = "create"
"""What may happen to a task definition too: one that somebody has deregistered is made anew, which costs nothing."""


def check_processes(env: str, name: str, app: App, state: AppState, releases: Sequence[Release]) -> None:
    """A process that the platform lacks, or still has, is infrastructure. Raises NotReady.

    It names the way out: `up` makes what is missing, but refuses while one of the `releases` is unfinished.
    """
    new = sorted(set(app.processes) - set(state.task_definitions))
    gone = sorted(set(state.task_definitions) - set(app.processes))
    if new or gone:
        what = [f"{', '.join(new)} not there yet"] * bool(new) + [f"{', '.join(gone)} still there"] * bool(gone)
        raise NotReady(
            f"the processes of {name} in {env} are not those of the catalogue: {'; '.join(what)}",
            hint=way_out(env, name, releases, "a deploy changes no infrastructure"),
        )


def way_out(env: str, name: str, releases: Sequence[Release], why: str) -> str:
    """The commands that make what is missing: `up` refuses while a release is unfinished."""
    open_ = unfinished(releases)
    if not open_:
        return f"Run `slipway up {env}` first: {why}."
    return f"Run `slipway cancel {env} {name}`, which ends {open_[0].version}, then `slipway up {env}`: {why}."


def check_changes(env: str, name: str, changes: Sequence[Change], targets: Collection[str]) -> None:
    """Every change is one of this app's own. Raises NotReady that names the first that is not."""
    for change in changes:
        if change.kind == SERVICE and change.operation == "create":
            raise NotReady(
                f"deploying {name} would create the service {change.name}, which is gone",
                hint=f"Bring it back first: slipway up {env}",
            )
        if change.kind == SERVICE and change.operation != "update":
            raise NotReady(
                f"deploying {name} would {change.operation} the service {change.name}, which is down meanwhile",
                hint=f"See why, with `slipway preview {env}`: its name, cluster or kind of capacity has changed.",
            )
        anew = change.kind == TASK_DEFINITION and change.operation == ANEW
        if change.urn not in targets or not (change.operation in ALLOWED or anew):
            raise NotReady(
                f"deploying {name} would {change.operation} {change.kind.split(':')[-1]} {change.name}",
                hint=f"Run `slipway up {env}` first: a deploy changes no infrastructure.",
            )

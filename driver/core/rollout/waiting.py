"""New processes of a released app: where a release goes back to that did not have them, they wait on as they did."""

from collections.abc import Mapping, Sequence

from driver.core.values.checkpoint import AppState
from driver.core.values.release import Release
from model.releases import Pin


def kept(state: AppState, target: Pin, pin: Pin) -> Pin:
    """A pin that goes back to `target`, with the processes beside that wait now and that the target did not have."""
    return _with(pin, target, {process: state.runs(process) for process in state.waiting})


def before(target: Pin, state: AppState, unfinished: Sequence[Release]) -> Pin:
    """A good release, with the processes beside that waited before the unfinished ones began, the newest first."""
    waited: Mapping[str, str] = {process: state.runs(process) for process in state.waiting}
    known = (pin for row in unfinished for pin in (row.former, row.pin) if pin is not None)
    return _with(target, target, waited or next((pin.waiting for pin in known if pin.waiting), {}))


def _with(pin: Pin, target: Pin, waiting: Mapping[str, str]) -> Pin:
    """Where the pin names no task definitions all are made anew, those of what waits on the bootstrap image."""
    more = {process: arn for process, arn in waiting.items() if process not in target.tasks}
    if not more:
        return pin
    reached = target.processes if target.processes is not None else tuple(sorted(target.tasks))
    tasks = dict(sorted({**pin.tasks, **more}.items())) if pin.tasks else {}
    return pin.model_copy(update={"tasks": tasks, "processes": reached})

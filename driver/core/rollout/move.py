"""An app on its way to a release, as a value."""

from dataclasses import dataclass

from driver.core.ports import Update
from driver.core.values.checkpoint import AppState
from driver.core.watch.settle import Snapshot
from model.names.names import AppNames
from model.releases import Pin
from model.settings.app import App


@dataclass(frozen=True, kw_only=True)
class Rolling:
    """An app on its way to a release. `before` is what ECS ran when it was at rest, by service name."""

    names: AppNames
    app: App
    state: AppState
    pin: Pin
    before: Snapshot

    @property
    def services(self) -> dict[str, str]:
        """Service names by process."""
        return {process: self.names.process(process).service for process in self.app.services}

    def one_offs(self, state: AppState) -> dict[str, str]:
        """What the processes that are no services are started on by a state, by process."""
        return {process: state.runs(process) for process in self.app.one_offs if process in state.task_definitions}

    def update(self, message: str) -> Update:
        """The engine's run that moves this app, and nothing else, to the pin."""
        app = self.names.app
        return Update(
            env=self.names.env,
            message=message,
            pins={app: self.pin},
            releasing=app,
            targets=self.state.rollout_targets,
            app=app,
        )

"""The Pulumi engine through its Automation API: the program runs in this process, the engine beside it.

https://www.pulumi.com/docs/iac/packages-and-automation/automation-api/
"""

import os
import random
import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path

from pulumi import automation as auto

from driver.adapters.aws.session import RAN_OUT
from driver.adapters.host.signals import passed_on
from driver.adapters.pulumi import program, state_lock, workdir
from driver.adapters.pulumi.engine_words import unopened
from driver.adapters.pulumi.events import Listener, Reading
from driver.adapters.pulumi.find_engine import EngineMissingError, find
from driver.adapters.pulumi.run_config import targeted
from driver.adapters.pulumi.sdk_stack import EngineCommand, opened
from driver.adapters.pulumi.sdk_warning import keep_quiet
from driver.adapters.pulumi.taking_over import TakingOver
from driver.core.ports import Change, Say, Update
from driver.core.values import checkpoint
from driver.core.values.checkpoint import StackState
from driver.core.values.existing import Existing
from driver.core.values.refresh import Refresh
from driver.errors import Busy, DriverError, EngineFailed, Expired, NotReady

PATIENCE = 120.0
"""Seconds for which an update waits while one and the same other one holds the engine's lock."""
LIMIT = 5
"""So many times that long it waits when one after the other holds it."""

KILLED = re.compile(r"\bcode: -\d+")
"""How the SDK says that the engine did not end by itself: an exit code below 0 is a signal's number."""

CLOSING = "grpc: the client connection is closing"
"""What the engine says of a component that another error has ended."""

Work = Callable[[auto.Stack], object]


class PulumiStacks:
    """The stack of each environment of one project. `wait` is how long a locked stack is waited for, in seconds."""

    def __init__(self, project: Path, say: Say, existing: Existing, wait: float = PATIENCE) -> None:
        self._project = project
        self._existing = existing
        self._say = say
        self._wait = wait

    def read(self, env: str) -> StackState:
        """The last checkpoint; an empty one where there is none."""
        with self._opened(Update(env=env, message="read")) as stack, _translated(None):
            try:
                return _state(stack)
            except auto.StackNotFoundError:
                return StackState()

    def up(self, update: Update, progress: Say) -> Sequence[Change]:
        """Apply the program. Raises EngineFailed with the engine's own errors."""
        listener = Listener(progress, planning=False)

        def work(stack: auto.Stack) -> None:
            with targeted(update) as arguments:
                stack.up(**arguments, on_event=listener, show_secrets=False)

        self._run(update, work, listener)
        return listener.changes

    def preview(self, update: Update, progress: Say) -> Sequence[Change]:
        """Run the program and apply nothing."""
        listener = Listener(progress, planning=True)

        def work(stack: auto.Stack) -> None:
            with targeted(update) as arguments:
                stack.preview(**arguments, on_event=listener)

        self._run(update, work, listener)
        return listener.changes

    def refreshed(self, env: str, targets: Collection[str] = ()) -> Refresh:
        """Read what the state has at AWS, or these exact URNs of it; the state stays as it is, and no lock is taken."""
        reading, only = Reading(), sorted(targets) or None
        with self._opened(Update(env=env, message="drift")) as stack, passed_on():
            try:
                stack.preview_refresh(
                    target=only,
                    on_event=reading,
                    on_output=_ignore,
                    color="never",
                    show_secrets=False,
                )
            except auto.StackNotFoundError:
                return Refresh()
            except auto.CommandError as error:
                failure = _failed(error, None)
                if isinstance(failure, Expired) or not reading.errors:
                    raise failure from error
        return Refresh(deviations=tuple(reading.deviations), failed="\n".join(dict.fromkeys(reading.errors)))

    def destroy(self, env: str, progress: Say) -> Sequence[Change]:
        """Remove everything that is not protected."""
        listener = Listener(progress, planning=False)
        update = Update(env=env, message="destroy")
        self._run(
            update,
            lambda stack: stack.destroy(on_event=listener, color="never", exclude_protected=True, show_secrets=False),
            listener,
        )
        return listener.changes

    def set_protection(self, env: str, urns: Collection[str], *, on: bool) -> None:
        """As `pulumi state protect` and `unprotect` do, all at once."""

        def work(stack: auto.Stack) -> None:
            found = stack.export_stack()
            for row in (found.deployment or {}).get("resources", []):
                if row["urn"] in urns:
                    row["protect"] = on
            stack.import_stack(found)

        self._run(Update(env=env, message="protection"), work, Listener(_ignore, planning=True))

    def refresh(self, env: str, urns: Collection[str] | None, progress: Say) -> None:
        """Have the state see what AWS has of these resources, or of all; what is gone is in it no more."""
        listener = Listener(progress, planning=True)
        targets = None if urns is None else sorted(urns)

        def work(stack: auto.Stack) -> None:
            stack.refresh(target=targets, clear_pending_creates=True, on_event=listener, color="never")

        self._run(Update(env=env, message="refresh"), work, listener)

    def names(self, env: str) -> Sequence[str]:
        """The stacks of this project, whether or not they have a file; `env` is one that has."""
        with self._opened(Update(env=env, message="list")) as stack, _translated(None):
            return [row.name.rsplit("/", 1)[-1] for row in stack.workspace.list_stacks()]

    def forget(self, env: str) -> None:
        """Delete the stack of an environment that was destroyed, whatever its state has still; nothing without one."""
        with self._opened(Update(env=env, message="forget")) as stack, _translated(None):
            try:
                stack.workspace.remove_stack(env, force=True, preserve_config=True)
            except auto.StackNotFoundError:
                return

    def tidy(self, env: str) -> None:
        """Have the engine look at the stack's own record: that takes its lock, and forgets pending creations."""
        self._run(Update(env=env, message="tidy"), _refresh_one, Listener(_ignore, planning=True))

    def holder(self, env: str) -> str:
        """Who holds the engine's lock, as people read it; empty where nobody does. The engine tells it by a refusal."""
        return ", ".join(str(one) for one in self._holders(env))

    def unlock(self, env: str) -> None:
        """Take the engine's lock from whoever holds it. Raises Busy where that process runs on this very machine."""
        living = [one for one in self._holders(env) if state_lock.runs_here(one)]
        if living:
            raise Busy(
                f"{env} is being changed by {living[0]}, which runs on this machine",
                hint=f"Wait for it, or stop it: kill -INT {living[0].pid}",
            )
        self._clear(Update(env=env, message="unlock"))

    def _holders(self, env: str) -> Sequence[state_lock.Holder]:
        with self._opened(Update(env=env, message="lock")) as stack, passed_on(), _translated(None):
            try:
                _refresh_one(stack)
            except auto.ConcurrentUpdateError as error:
                return state_lock.holders(str(error))
            except auto.StackNotFoundError:
                pass
        return ()

    def _run(self, update: Update, work: Work, listener: Listener) -> None:
        """Do the work, waiting for whoever holds the engine's lock and clearing a lock whose holder is gone."""
        waiting = state_lock.Waiting(self._wait, LIMIT * self._wait)
        while True:
            try:
                taking_over = self._taking_over(update)
                with (
                    self._opened(update, taking_over) as stack,
                    passed_on(),
                    _translated(listener, taking_over),
                ):
                    _created_where_missing(stack, work)
                break
            except auto.ConcurrentUpdateError as error:
                self._wait_for_lock(update, str(error), waiting)
            except EngineFailed as error:
                if KILLED.search(str(error.__cause__)):
                    self._say("the engine was killed; looking for the lock that it may have left behind")
                    self.tidy(update.env)
                raise
        if listener.pending and not listener.planning:
            self._forget_pending(update)

    def _wait_for_lock(self, update: Update, refusal: str, waiting: state_lock.Waiting) -> None:
        found = state_lock.holders(refusal)
        name = ", ".join(str(one) for one in found) or "somebody else"
        new = waiting.met(name, time.monotonic())
        if waiting.left_behind(found, state_lock.orphaned(refusal)):
            with state_lock.clearing(found) as ours:
                if ours:
                    self._say("the last update was killed and left its lock behind; clearing it")
                    self._clear(update)
                    return
        if waiting.over(time.monotonic()):
            raise Busy(
                f"{update.env} is being changed by {name}",
                hint=f"Wait for it. If that process is gone for good: slipway lock release {update.env}",
            )
        if new:
            self._say(f"waiting for {name}")
        # Two that retry in step refuse each other for ever.
        time.sleep(random.uniform(0.5, 3.0))

    def _clear(self, update: Update) -> None:
        with self._opened(update) as stack:
            stack.cancel()
            if _state(stack).pending_creates:
                _refresh_one(stack)

    def _forget_pending(self, update: Update) -> None:
        """What was being created when an update was killed stays in the state, with a warning each time, until now."""
        try:
            with self._opened(update) as stack, passed_on():
                _refresh_one(stack)
        except auto.CommandError as error:
            self._say(f"the state still has what a killed update was creating: {str(error).splitlines()[-1]}")

    @contextmanager
    def _opened(self, update: Update, taking_over: TakingOver | None = None) -> Iterator[auto.Stack]:
        with workdir.prepared(self._project, update) as folder:
            yield opened(update.env, folder, partial(program.run, self._project, taking_over), self._command)

    def _taking_over(self, update: Update) -> TakingOver | None:
        return None if update.known is None else TakingOver(update, self._existing, self._say)

    @cached_property
    def _command(self) -> EngineCommand:
        try:
            engine = find(self._say, env=os.environ)
        except EngineMissingError as error:
            raise NotReady(error.message, hint=error.hint) from None
        keep_quiet()
        return EngineCommand(engine)


@contextmanager
def _translated(listener: Listener | None, taking_over: TakingOver | None = None) -> Iterator[None]:
    """The engine's refusals as ours; that somebody else is updating is for the caller, who can wait."""
    try:
        yield
    except auto.ConcurrentUpdateError:
        raise
    except auto.CommandError as error:
        if taking_over is not None and taking_over.refused:
            raise taking_over.refused[0] from error
        raise _failed(error, listener) from error


def _created_where_missing(stack: auto.Stack, work: Work) -> None:
    try:
        work(stack)
    except auto.StackNotFoundError:
        stack.workspace.create_stack(stack.name)
        work(stack)


def _state(stack: auto.Stack) -> StackState:
    return checkpoint.parse(stack.export_stack().deployment or {})


def _refresh_one(stack: auto.Stack) -> None:
    """Forget all pending creations. It comes with a refresh only; one of the stack's own record asks AWS nothing."""
    roots = [row.urn for row in _state(stack).resources if row.kind == "pulumi:pulumi:Stack"]
    stack.refresh(target=roots or None, clear_pending_creates=True, on_output=_ignore, color="never")


def _ignore(_line: str) -> None:
    """The engine's own display; the story is told from its events."""


def _failed(error: Exception, listener: Listener | None) -> DriverError:
    """The engine's errors in its own words; without any, the end of what it printed."""
    told = "\n".join([*(listener.errors if listener is not None else ()), str(error)])
    if (found := RAN_OUT.search(told)) is not None:
        return Expired(f"the AWS credentials ran out while the engine was at work ({found[0]})")
    if listener is not None and listener.errors:
        errors = [one for one in listener.errors if CLOSING not in one] or listener.errors
        return EngineFailed("\n".join(dict.fromkeys(_sentence(one) for one in errors)))
    return unopened(str(error))


def _sentence(error: str) -> str:
    """An AWS call of the program that was refused comes with the program's traceback, which tells a user nothing."""
    last = error.rstrip().rsplit("\n", 1)[-1]
    return last.removeprefix("Exception: ") if last.startswith("Exception: invoke of ") else error

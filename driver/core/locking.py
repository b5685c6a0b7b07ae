"""Holding an app's lock while a command changes the app."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from driver.core.ports import Say, World
from driver.core.values.lock import Lock, Watcher, must_stop
from driver.errors import Busy, DriverError, Expired

POLL = 1.0
TICKS = 12
"""How often in a lease an owner looks after its lock."""
SILENT = "DynamoDB did not answer in time"


@contextmanager
def held(world: World, app: str, message: str, wait: float, say: Say) -> Iterator[Lock]:
    """Hold the lock of an app. An owner that can't renew it stops its engine and itself before the lease ends.

    `wait`, in seconds, is how long a living owner is waited for; one that is gone is found out in a lease. Raises Busy.
    """
    lock = _acquire(world, app, message, wait, say)
    heartbeat = _Heartbeat(world, lock)
    heartbeat.start()
    try:
        yield lock
    except (DriverError, KeyboardInterrupt) as error:
        if not heartbeat.lost or isinstance(error, Expired):
            raise
        if isinstance(heartbeat.cause, Expired):
            raise heartbeat.cause from error
        raise Busy(
            f"the lock of {app} was lost: {heartbeat.lost}; everything was stopped",
            hint=f"See who has it: slipway lock show {world.settings.env} {app}. Then run the command again.",
        ) from error
    finally:
        heartbeat.stop()
        if not heartbeat.lost:
            _free(world, lock, say)
        world.marks.finish()


def _free(world: World, lock: Lock, say: Say) -> None:
    """Give it back. What came of the command is what counts, so this raises nothing."""
    try:
        world.locks.free(lock)
    except DriverError as error:
        say(f"the lock of {lock.app} could not be given back, and is taken over in {lock.lease:.0f} s: {error.message}")


def _acquire(world: World, app: str, message: str, wait: float, say: Say) -> Lock:
    watcher, told = Watcher(), False
    deadline = world.clock.now() + wait
    while True:
        found = world.locks.read(app)
        if found is None or watcher.stale(found, world.clock.now()):
            if found is not None:
                say(f"{found.owner} has not been heard of for {found.lease:.0f} s: taking over the lock of {app}")
            taken = world.locks.take(_draft(world, app, message), found)
            if taken is not None:
                return taken
            continue
        if watcher.alive and world.clock.now() >= deadline:
            raise _busy(world, found)
        if not told:
            say(f"waiting for {found.owner}: {found.message}")
            told = True
        world.clock.sleep(POLL)


def _draft(world: World, app: str, message: str) -> Lock:
    return Lock(
        app=app,
        owner=world.who,
        message=message,
        nonce=secrets.token_hex(8),
        fence=0,
        lease=world.settings.deploy.lease,
        since=world.clock.utc(),
    )


def _busy(world: World, lock: Lock) -> Busy:
    env = world.settings.env
    return Busy(
        f"{lock.app} in {env} is locked by {lock.holder}: {lock.message}",
        hint=f"Wait longer with --lock-wait, or look: slipway lock show {env} {lock.app}",
    )


class _Renewal(threading.Thread):
    """One renewal, which may hang for longer than a lease where nobody answers: so it has a thread of its own."""

    def __init__(self, world: World, lock: Lock) -> None:
        super().__init__(name="lock-renewal", daemon=True)
        self._world = world
        self._lock = lock
        self.begun = world.clock.now()
        self.ours = True
        self.error: DriverError | None = None

    def run(self) -> None:
        """Write a new nonce, and keep what came of it."""
        try:
            self.ours = self._world.locks.renew(self._lock, secrets.token_hex(8))
        except DriverError as error:
            self.error = error


class _Heartbeat(threading.Thread):
    """Renews a lock six times a lease, and where that fails twice as often; `lost` says why it is not ours any more."""

    def __init__(self, world: World, lock: Lock) -> None:
        super().__init__(name="lock-heartbeat", daemon=True)
        self._world = world
        self._lock = lock
        self._over = threading.Event()
        self.lost = ""
        self.cause: DriverError | None = None

    def stop(self) -> None:
        """No more heartbeats. One that is under way is waited for: it must not take back what is given back next."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """Renew until told otherwise, or until the lock is lost."""
        clock, lease = self._world.clock, self._lock.lease
        renewed, renewal, error, tick = clock.now(), None, None, 0
        while not self._over.wait(lease / TICKS):
            tick += 1
            if renewal is None and (error is not None or tick % 2 == 0):
                renewal = _Renewal(self._world, self._lock)
                renewal.start()
            elif renewal is not None and not renewal.is_alive():
                if not renewal.ours:
                    self._lose("somebody else has it")
                    return
                error = renewal.error
                renewed = renewed if error is not None else renewal.begun
                renewal = None
            if must_stop(renewed, clock.now(), lease):
                self._lose(SILENT if error is None else error.message, error)
                return
        if renewal is not None:
            renewal.join()

    def _lose(self, why: str, cause: DriverError | None = None) -> None:
        self.lost, self.cause = why, cause
        self._world.stop()

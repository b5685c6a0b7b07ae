"""Holding an app's lock while a command changes the app."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from driver.core.lock import Lock, Watcher, must_stop
from driver.core.ports import Say, World
from driver.errors import Busy, DriverError, Expired

POLL = 1.0


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
        f"{lock.app} in {env} is locked by {lock.owner} since {lock.since:%H:%M:%S}: {lock.message}",
        hint=f"Wait longer with --lock-wait, or look: slipway lock show {env} {lock.app}",
    )


class _Heartbeat(threading.Thread):
    """Renews a lock three times a lease; `lost` says why it is not ours any more."""

    def __init__(self, world: World, lock: Lock) -> None:
        super().__init__(name="lock-heartbeat", daemon=True)
        self._world = world
        self._lock = lock
        self._over = threading.Event()
        self.lost = ""
        self.cause: DriverError | None = None

    def stop(self) -> None:
        """No more heartbeats."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """Renew until told otherwise, or until the lock is lost."""
        clock, lease = self._world.clock, self._lock.lease
        renewed = clock.now()
        while not self._over.wait(lease / 3):
            before = clock.now()
            try:
                if not self._world.locks.renew(self._lock, secrets.token_hex(8)):
                    self._lose("somebody else has it")
                    return
                renewed = before
            except DriverError as error:
                if must_stop(renewed, clock.now(), lease):
                    self._lose(error.message, error)
                    return

    def _lose(self, why: str, cause: DriverError | None = None) -> None:
        self.lost, self.cause = why, cause
        self._world.stop()

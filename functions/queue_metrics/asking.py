"""Asks all apps at once, each with a time of its own: one that hangs, drips or floods keeps no other waiting."""

import contextlib
import http.client
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from functions.queue_metrics.answers import MOST, REDIRECTS, Answer, Question, Unusable, followed

PIECE = 16_384
GRACE = 0.5
"""Seconds in which a call that was cut comes back."""
LATE = "does not answer in time"
T = TypeVar("T")


@dataclass
class Call:
    """The time that an app has, and its connection, which is cut when that time is over."""

    ends: float
    taken: socket.socket | None = None
    over: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def left(self) -> float:
        """Seconds that are left. Raises Unusable when there are none."""
        found = self.ends - time.monotonic()
        if self.over or found <= 0:
            raise Unusable(LATE)
        return found

    def take(self, taken: socket.socket | None) -> None:
        """This socket is what would be cut. Raises Unusable when that should have happened already."""
        with self.lock:
            self.taken = taken
        self.left()

    def cut(self) -> None:
        """End it, whatever it waits for: a socket's own timeout begins anew with each byte."""
        with self.lock:
            self.over, taken = True, self.taken
        if taken is not None:
            with contextlib.suppress(OSError):
                taken.shutdown(socket.SHUT_RDWR)


def waves(
    works: Mapping[str, Callable[[Call], T]], limits: Mapping[str, float], pace: float = 1.0
) -> Iterator[dict[str, tuple[T | Unusable, float]]]:
    """All works at the same time; about every `pace` seconds those that have come to an end, by name: what came of
    each, or why nothing did, and the seconds that it took.

    A work that is over its limit, in seconds, is cut; one that is not back soon after is left behind.
    """
    started = time.monotonic()
    calls = {name: Call(ends=started + limits[name]) for name in works}
    ended: queue.SimpleQueue[tuple[str, T | Unusable, float]] = queue.SimpleQueue()

    def run(name: str) -> None:
        made = _tried(works[name], calls[name])
        ended.put((name, made, time.monotonic() - started))

    threads = [threading.Thread(target=run, args=(name,), daemon=True) for name in works]
    for thread in threads:
        thread.start()
    left = dict(calls)
    while left:
        until = min(time.monotonic() + pace, max(call.ends for call in left.values()) + GRACE)
        wave = {name: (made, seconds) for name, made, seconds in _taken(ended, len(left), until) if name in left}
        wave |= {name: (Unusable(LATE), limits[name]) for name in _left_behind(left) if name not in wave}
        left = {name: call for name, call in left.items() if name not in wave}
        if wave:
            yield wave


def _tried(work: Callable[[Call], T], call: Call) -> T | Unusable:
    try:
        return work(call)
    except Unusable as why:
        return why
    except Exception as error:
        # Whatever it says may hold the token.
        return Unusable(f"could not be asked: {type(error).__name__}")


def _left_behind(calls: Mapping[str, Call]) -> Iterator[str]:
    """Those that did not come back though they were cut; those that are late are cut now."""
    for name, call in calls.items():
        late = time.monotonic() - call.ends
        if late >= GRACE:
            yield name
        elif late >= 0:
            call.cut()


def _taken(ended: "queue.SimpleQueue[T]", most: int, until: float) -> Iterator[T]:
    """What ends before a point in time, or all of it."""
    for _ in range(most):
        try:
            yield ended.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return


def ask(asked: Question, call: Call) -> Answer:
    """The answer, after one redirect at most. Raises Unusable."""
    answer = _once(asked, call)
    return _once(followed(asked, answer), call) if answer.status in REDIRECTS else answer


def _once(asked: Question, call: Call) -> Answer:
    parts = urlsplit(asked.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=call.left())
        with contextlib.closing(connection):
            connection.connect()
            call.take(connection.sock)
            connection.request("GET", path, headers=dict(asked.headers))
            return _read(connection, call)
    except TimeoutError:
        raise Unusable(LATE) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        if call.over:
            raise Unusable(LATE) from None
        dead = isinstance(error, OSError) and not isinstance(error, http.client.HTTPException)
        raise Unusable("can't be reached" if dead else "answers no HTTP") from None


def _read(connection: http.client.HTTPConnection, call: Call) -> Answer:
    connection.sock.settimeout(call.left())
    with connection.getresponse() as response:
        body = b""
        while len(body) <= MOST and (piece := response.read(PIECE)):
            body += piece
            call.left()
        location = response.headers.get("Location", "")
        return Answer(status=response.status, body=body[:MOST], location=location, cut=len(body) > MOST)

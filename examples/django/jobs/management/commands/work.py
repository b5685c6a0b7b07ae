"""The worker: does one job after the other until it is asked to stop."""

import signal
import time

from django.core.management.base import BaseCommand, CommandParser

from jobs import queue
from jobs.models import Job, State
from project import lines


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT, which let the present job finish first."""

    help = "Does the queue's jobs, one at a time."
    stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--poll", type=float, default=0.5, metavar="SECONDS", help="between looks at an empty queue"
        )
        parser.add_argument("--until-empty", action="store_true", help="stop when there is nothing left to do")

    def handle(self, *args: object, poll: float, until_empty: bool, **options: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        lines.write("worker", status="started")
        while not self.stopping:
            job = queue.claim()
            if job is not None:
                do(job)
            elif until_empty:
                break
            else:
                time.sleep(poll)
        lines.write("worker", status="stopped")

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True


def do(job: Job) -> None:
    """Does a job and writes down how it ended; a job that fails is no reason for the worker to end."""
    started = time.monotonic()
    lines.write("job", id=job.pk, name=job.name, status=State.STARTED)
    try:
        perform(job)
        state, error = State.DONE, None
    except Exception as problem:
        state, error = State.FAILED, f"{type(problem).__name__}: {problem}"
    queue.finish(job, state)
    ms = round((time.monotonic() - started) * 1000)
    lines.write("job", id=job.pk, name=job.name, status=state, ms=ms, **({"error": error} if error else {}))


def perform(job: Job) -> None:
    """The work itself. It only takes its time, as calls to other services do."""
    time.sleep(job.seconds)

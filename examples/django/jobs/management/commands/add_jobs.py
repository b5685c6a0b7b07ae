"""Fills the queue by hand."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs import queue


class Command(BaseCommand):
    """Queues any number of jobs at once."""

    help = "Puts jobs into the queue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--name", default="Pack a parcel")
        parser.add_argument("--seconds", type=float, default=1.0, help="how long each job takes")

    def handle(self, *args: object, count: int, name: str, seconds: float, **options: object) -> None:
        if count < 1 or seconds < 0:
            raise CommandError(f"{count} jobs of {seconds} s each can't be queued; both have to be positive.")
        queue.add(name, count, seconds)
        self.stdout.write(f"{count} queued, {queue.unfinished()} to do")

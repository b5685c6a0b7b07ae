"""The queue: a table of jobs, in the database that the app has anyway."""

from django.db import models


class State(models.TextChoices):
    """Where a job is; a job whose worker died is STARTED until its lease has run out."""

    QUEUED = "queued"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """A piece of work of about `seconds` of length, under a name that a person gave it."""

    name = models.CharField(max_length=80)
    seconds = models.FloatField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("state", "id"), name="job_state"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

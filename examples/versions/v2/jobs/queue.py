"""Putting jobs into the queue, claiming them, and counting them."""

from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from jobs.models import Job, State

# A worker that was killed never says so; after this time another one takes its job. No job takes as long.
LEASE = timedelta(minutes=10)
ORDER = ("-priority", "id")


def add(name: str, count: int, seconds: float, priority: int = 0) -> None:
    """Queues `count` jobs of one name."""
    Job.objects.bulk_create(Job(name=name, seconds=seconds, priority=priority) for _ in range(count))


def claim() -> Job | None:
    """The next job, now STARTED and nobody else's, or None where there is none.

    The condition in the UPDATE decides between two workers who want the same job: one of them changes no row.
    """
    while (job := _claimable().order_by(*ORDER).first()) is not None:
        now = timezone.now()
        same = Job.objects.filter(pk=job.pk, state=job.state, started_at=job.started_at)
        if same.update(state=State.STARTED, started_at=now):
            job.state, job.started_at = State.STARTED, now
            return job
    return None


def _claimable() -> QuerySet[Job]:
    abandoned = Q(state=State.STARTED, started_at__lt=timezone.now() - LEASE)
    return Job.objects.filter(Q(state=State.QUEUED) | abandoned)


def finish(job: Job, state: State) -> None:
    """Writes down how a job ended."""
    Job.objects.filter(pk=job.pk, started_at=job.started_at).update(state=state, finished_at=timezone.now())


def counts() -> dict[str, int]:
    """How many jobs there are in each state, zeros included."""
    found = dict(Job.objects.values_list("state").annotate(Count("id")))
    return {state.value: found.get(state.value, 0) for state in State}


def unfinished() -> int:
    """Queued and started jobs: a busy worker counts too, or it would be stopped in the middle of its job."""
    return Job.objects.filter(state__in=(State.QUEUED, State.STARTED)).count()

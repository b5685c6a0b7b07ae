"""The page, and what its form does."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobs import queue
from jobs.forms import JobForm
from jobs.models import Job
from project import VERSION


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The greeting, the version that runs, and the queue."""
    return _page(request, JobForm(initial={"name": "Pack a parcel", "seconds": 2}), 200)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Queues a job and goes back to the page."""
    form = JobForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 400)
    wanted = form.cleaned_data
    queue.add(wanted["name"], 1, wanted["seconds"], wanted["priority"])
    return redirect("home")


def _page(request: HttpRequest, form: JobForm, status: int) -> HttpResponse:
    context = {
        "greeting": settings.GREETING,
        "version": VERSION,
        "counts": queue.counts(),
        "latest": Job.objects.order_by("-id")[:8],
        "form": form,
    }
    return render(request, "jobs/home.html", context, status=status)

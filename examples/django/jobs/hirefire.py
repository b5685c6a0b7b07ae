"""How many workers are wanted, asked by whoever scales them: HireFire's protocol."""

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs import queue


@never_cache
@require_safe
def info(request: HttpRequest, token: str = "") -> JsonResponse:
    """The jobs of each kind of worker; the token comes in the path or, unseen by access logs, in `HireFire-Token`."""
    given = request.headers.get("HireFire-Token") or token
    # Without a token of our own nobody is let in, an empty one included.
    if not settings.HIREFIRE_TOKEN or not constant_time_compare(given, settings.HIREFIRE_TOKEN):
        raise Http404
    return JsonResponse([{"name": "worker", "quantity": queue.unfinished()}], safe=False)

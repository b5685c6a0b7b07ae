"""Settings of one environment that would change nothing there: each is told with what would give it an effect."""

from collections.abc import Callable, Collection, Iterator, Mapping

from model.errors import SpecError
from model.settings.alarm_kinds import BY_KEY, Subject
from model.settings.cluster import Insights
from model.settings.environment import Settings
from model.settings.network import Nat
from model.settings.queues import Queue

OF_THE_OWNER = ("key", "mainline", "mainline_count", "branches", "untagged_days", "readers")
"""Settings of the registry that only its owner carries out."""


def without_effect(settings: Settings, written: Collection[str]) -> list[SpecError]:
    """What is among `written`, the settings of the stack file by their keys, and has no effect.

    What all environments share is not asked about: it may be for one of the others.
    """
    kinds = (_of_backdoors, _of_balancers, _of_alarms, _of_dashboards, _of_the_registry)
    found = [one for kind in kinds for one in kind(settings)]
    return [one for one in found if one.path.split("/")[0] in written]


def _of_backdoors(settings: Settings) -> Iterator[SpecError]:
    if not any(app.backdoor for app in settings.apps.values()):
        for name in ("vpn", "discovery"):
            if getattr(settings, name) is not None:
                yield SpecError(name, "no app has a backdoor for it; add the process backdoor to one, or drop this")


def _of_balancers(settings: Settings) -> Iterator[SpecError]:
    given, doors = settings.balancers.model_fields_set, settings.doors.values()
    if given and not doors:
        yield SpecError("balancers", "no process has a port, so there is no load balancer; drop this, or add a port")
        return
    if "tls_policy" in given and (settings.domain is None or not settings.domain.secure):
        yield SpecError(
            "balancers/tls_policy", "nothing is served by HTTPS; give domain a zone or a certificate, or drop this"
        )
    if settings.balancers.web_acl is not None and not any(door.public for door in doors):
        yield SpecError("balancers/web_acl", "all load balancers are internal; make a process public, or drop this")


def _of_alarms(settings: Settings) -> Iterator[SpecError]:
    alarms = settings.alarms
    named = [name for name in ("rules", "databases", "caches") if getattr(alarms, name)]
    if alarms.enabled is None and not alarms.on:
        for name in named:
            yield SpecError(f"alarms/{name}", "there are no alarms; add email or hooks, or enabled: true, or drop this")
        return
    for key in alarms.rules:
        if key in BY_KEY and not _watched(settings, BY_KEY[key].subject):
            yield SpecError(f"alarms/rules/{key}", f"there is nothing that it watches; {_HELP[BY_KEY[key].subject]}")


def _of_dashboards(settings: Settings) -> Iterator[SpecError]:
    if settings.notify.grafana is None:
        for name in ("folder", "datasource"):
            if getattr(settings.dashboards, name) is not None:
                yield SpecError(f"dashboards/{name}", "there is no Grafana; name it with notify/grafana, or drop this")


def _of_the_registry(settings: Settings) -> Iterator[SpecError]:
    registry = settings.registry
    if registry.owner == settings.env:
        if registry.account is not None:
            message = f"{settings.env} owns the repositories, so they are in its own account; drop this, or owner"
            yield SpecError("registry/account", message)
        return
    for name in OF_THE_OWNER:
        if name in registry.model_fields_set:
            yield SpecError(
                f"registry/{name}",
                f"the repositories are those of {registry.owner}, which alone carries it out; write it there",
            )


def _watched(settings: Settings, subject: Subject) -> bool:
    there = _THERE.get(subject)
    return there is None or there(settings)


def _queues(settings: Settings) -> Iterator[Queue]:
    return (queue for app in settings.apps.values() for queue in app.queues.values())


_THERE: Mapping[Subject, Callable[[Settings], bool]] = {
    Subject.COUNTS: lambda settings: settings.cluster.insights is not Insights.OFF,
    Subject.BALANCER: lambda settings: bool(settings.doors),
    Subject.TARGETS: lambda settings: bool(settings.doors),
    Subject.QUEUE: lambda settings: any(queue.tells_age for queue in _queues(settings)),
    Subject.COUNTING: lambda settings: settings.counts_jobs,
    Subject.SHIPPER: lambda settings: settings.logs.archive is not None,
    Subject.NAT: lambda settings: settings.network.nat is not Nat.NONE,
    Subject.DATABASE: lambda settings: bool(settings.alarms.databases),
    Subject.CACHE: lambda settings: bool(settings.alarms.caches),
}
_HELP: Mapping[Subject, str] = {
    Subject.COUNTS: "set cluster/insights to enabled, or drop this",
    Subject.BALANCER: "give a process a port, or drop this",
    Subject.TARGETS: "give a process a port, or drop this",
    Subject.QUEUE: "set measure: latency for a worker's scaling/queue, or drop this",
    Subject.COUNTING: "set scaling/backlog of a worker, or drop this",
    Subject.SHIPPER: "set logs/archive, or drop this",
    Subject.NAT: "network/nat is none; drop this",
    Subject.DATABASE: "name them under alarms/databases, or drop this",
    Subject.CACHE: "name them under alarms/caches, or drop this",
}

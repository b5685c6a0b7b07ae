"""The proof that no two names at AWS meet: all that an environment derives, and who derives the same."""

from collections.abc import Iterable, Iterator, Mapping

from model.names.names import AppNames, ProcessNames, deploy_role_name, flow_logs_role, shared_balancer

PURPOSES = ("execution", "task", "scheduler", "backdoor")
"""What the IAM roles of an app are for."""

Row = tuple[str, str, str]
"""Kind, name and owner; the owner is a path into the catalogue."""


def derived(env: str, region: str, apps: Mapping[str, Mapping[str, int | None]]) -> list[Row]:
    """All names of the environment of which AWS takes each only once; `apps` has the port of each process, if any."""
    whole = f"the environment {env}"
    rows = [("load balancer", shared_balancer(env, public=public), whole) for public in (True, False)]
    rows += [("role", name, whole) for name in (deploy_role_name(env, region), flow_logs_role(env, region))]
    for app, processes in apps.items():
        names, owner = AppNames(env, app), f"apps/{app}"
        rows += [("secret", names.secret, owner), ("repository", names.repository, owner)]
        rows += [("queue", names.dead_letters, owner)]
        rows += [("role", names.role(region, purpose), owner) for purpose in PURPOSES]
        for process, port in processes.items():
            rows += _of_process(names.process(process), port, f"{owner}/processes/{process}")
    return rows


def _of_process(one: ProcessNames, port: int | None, place: str) -> Iterator[Row]:
    yield from (("service", one.service, place), ("family", one.family, place), ("log group", one.log_group, place))
    yield "schedule", one.schedule, place
    if port is not None:
        yield "load balancer", one.balancer, place
        yield from (("target group", name, place) for name in (one.target_group(port), one.shared_target_group(port)))


def clashes(rows: Iterable[Row]) -> list[tuple[str, str, list[str]]]:
    """The (kind, name, owners) that more than one owner derives."""
    owners: dict[tuple[str, str], list[str]] = {}
    for kind, name, owner in rows:
        owners.setdefault((kind, name), []).append(owner)
    return [(kind, name, found) for (kind, name), found in owners.items() if len(found) > 1]

"""How web processes are reached: a load balancer each or one for all, host names, and a place on the shared one."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from model.names.names import SHARED, ProcessNames

PLACES = 50_000
"""The priorities that a rule of a listener may have begin at 1 and end here.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
"""
FIRST_PORT = 10_000
"""Without a host name a process answers on a port of the shared load balancer that is this much above its place."""
HOSTS = 5
"""The host names that one rule may have.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class Ingress(StrEnum):
    """How web processes get their load balancer: one each, or one for all of an environment that tells them apart."""

    DEDICATED = "dedicated"
    SHARED = "shared"


def host_name(name: str) -> str:
    """A name that DNS, a rule and a certificate take. Raises ValueError.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#host-conditions
    """
    labels = name.split(".")
    if len(labels) < 2 or len(name) > 128 or not all(map(LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise ValueError(f"{name} is no host name; write it in lower case and whole, such as www.example.com")
    return name


Host = Annotated[str, AfterValidator(host_name)]
Place = Annotated[int, Field(ge=1, le=PLACES)]


def place(names: ProcessNames) -> int:
    """Where a process stands on the shared load balancer unless the settings say so: derived from its name alone, so
    that no other app that comes or goes moves it."""
    digest = hashlib.sha256(names.logical.encode()).digest()
    return int.from_bytes(digest[:8], "big") % PLACES + 1


@dataclass(frozen=True, kw_only=True)
class Door:
    """Where one web process is reached: its host names, the first of which is its address, and its place."""

    names: ProcessNames
    hosts: tuple[str, ...]
    place: int
    public: bool

    @property
    def port(self) -> int:
        """Its port on a shared load balancer where it has no host name."""
        return FIRST_PORT + self.place

    @property
    def path(self) -> str:
        """Where the catalogue has it."""
        return f"apps/{self.names.app}/processes/{self.names.process}"


def check(doors: Iterable[Door], ingress: Ingress) -> None:
    """No two processes are reached in the same way. Raises ValueError."""
    hosts: dict[str, list[Door]] = defaultdict(list)
    places: dict[int, list[Door]] = defaultdict(list)
    for door in doors:
        if len(door.hosts) > HOSTS:
            raise ValueError(
                f"{door.path}: {len(door.hosts)} host names, {', '.join(door.hosts)}; a rule takes {HOSTS}."
                " Drop some, or redirect them elsewhere"
            )
        for host in door.hosts:
            hosts[host].append(door)
        places[door.place].append(door)
    for host, found in hosts.items():
        if len(found) > 1:
            raise ValueError(f"{_paths(found)} both answer to {host}; a host name leads to one process")
    for number, found in places.items():
        if len(found) > 1 and ingress is Ingress.SHARED:
            raise ValueError(
                f"{_paths(found)} both have place {number} on the shared load balancer;"
                " give the newer one a place of its own, such as place: 1"
            )


def _paths(doors: list[Door]) -> str:
    return " and ".join(door.path for door in doors)


def on_port(dns_name: str, port: int) -> str:
    """The address of a listener on a port of its own. A name may have a port, where low ones can't be bound."""
    return f"http://{dns_name.split(':', maxsplit=1)[0]}:{port}/"


def stands(service: Mapping[str, object]) -> Ingress | None:
    """On which kind of load balancer a service stands, by its outputs in the state; None where it is on none."""
    targets = service.get("loadBalancers")
    row = targets[0] if isinstance(targets, list) and targets else None
    arn = row.get("targetGroupArn") if isinstance(row, Mapping) else None
    if not isinstance(arn, str):
        return None
    # arn:aws:elasticloadbalancing:<region>:<account>:targetgroup/<name>/<id>
    return Ingress.SHARED if arn.split("/")[1].endswith(SHARED) else Ingress.DEDICATED


def needed(ingress: Ingress, doors: Mapping[str, Door], services: Mapping[str, Mapping[str, object]]) -> set[bool]:
    """Which shared load balancers there must be, by `public`: those of processes that shall share, or still do.

    `services` are the outputs of those that stand, by the same names as the doors.
    """
    shares = ingress is Ingress.SHARED
    return {
        door.public for logical, door in doors.items() if shares or stands(services.get(logical, {})) is Ingress.SHARED
    }

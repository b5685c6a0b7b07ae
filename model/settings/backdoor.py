"""The backdoor of an app: a task inside the private network, on the image and config of the current release."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field, field_validator

from model.base import Model
from model.settings.ingress import Host
from model.settings.network import Block

NAME = "backdoor"
"""The process that is one: its name in DNS begins so."""
TTL = 10
"""Seconds for which a name is remembered: an address lives no longer than its task."""

Port = Annotated[int, Field(ge=1, le=65535)]


class Vpn(Model):
    """Who reaches backdoors over the network: the address ranges of the VPN, on these TCP ports."""

    ranges: Annotated[tuple[Block, ...], Field(min_length=1, max_length=20)]
    """The blocks of addresses of the VPN."""
    ports: Annotated[tuple[Port, ...], Field(min_length=1, max_length=5)] = (22,)
    """The TCP ports that they reach."""

    @field_validator("ranges")
    @classmethod
    def _are_blocks_of_somebody(cls, ranges: tuple[str, ...]) -> tuple[str, ...]:
        for block in ranges:
            if IPv4Network(block).prefixlen == 0:
                raise ValueError(f"{block} is everybody; name the ranges of the VPN, such as 10.200.0.0/16")
        return ranges


class Discovery(Model):
    """The names that backdoors have inside the VPC."""

    namespace: Host
    """The private zone of the names; `internal.` before the domain if left out."""


def problem(name: str, *, backdoor: bool, command: tuple[str, ...] | None, given: frozenset[str]) -> str:
    """Why a process can't be a backdoor, or can't have its name; empty when it can."""
    if not backdoor:
        return f"{NAME} is the name of the backdoor; add kind: backdoor, or rename the process" if name == NAME else ""
    if name != NAME:
        return f"{name} has kind: backdoor; an app has one, and it is called {NAME}"
    if not command:
        return "a backdoor needs a command of its own that keeps it up, such as [sleep, infinity]"
    wrong = sorted({"exec", "readonly"} & given)
    if wrong:
        return f"a backdoor always takes sessions, which need to write; drop {' and '.join(wrong)}"
    return ""


def hides(namespace: str, hosts: tuple[str, ...]) -> str:
    """The first of these names that a private zone would hide inside the VPC; empty when there is none.

    A private zone answers for every name below it, also where it knows none.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
    """
    return next((host for host in hosts if host == namespace or host.endswith(f".{namespace}")), "")

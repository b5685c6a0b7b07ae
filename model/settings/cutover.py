"""How a name is shared between Heroku and AWS while its traffic moves over."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from model.base import Model
from model.settings.domain import Domain
from model.settings.ingress import Host

Weight = Annotated[int, Field(ge=0, le=255)]
TTL = 60
"""Seconds for which resolvers keep an answer: both records of a pair must have the same.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-weighted.html
"""


class Weights(Model):
    """The share of DNS answers, not of requests, that lead to either side; all of them where the other has 0."""

    heroku: Weight
    """The weight of Heroku among the answers of DNS."""
    aws: Weight
    """The weight of AWS among them."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.heroku + self.aws == 0:
            raise ValueError("heroku and aws are both 0, which Route 53 takes for equal; give one of them a weight")
        return self


class Cutover(Model):
    """A name that Heroku and AWS share while its traffic moves over.

    Too many errors take AWS out of the answers, whoever watches.
    """

    heroku: Host
    """The DNS target that Heroku gives the name."""
    weights: Weights
    """How the answers of DNS are shared."""
    errors: Annotated[int, Field(ge=1, le=1_000_000)] = 30
    """How many answers of 500 and above in each of two minutes take AWS out of the answers."""


def check(cutover: Mapping[str, Cutover], domain: Domain | None, hosts: list[str]) -> None:
    """Each name is one that a process has and that two records can stand for. Raises ValueError."""
    for host in cutover:
        if host not in hosts:
            raise ValueError(f"cutover/{host}: no process has this name; add it to the hosts of the one that serves it")
        if domain is None or domain.zone is None or domain.zone_of(host) is None:
            raise ValueError(f"cutover/{host}: not in the zone of the domain; its records are made in domain/zone")
        if host == domain.zone.name:
            raise ValueError(
                f"cutover/{host}: the top of a zone takes no CNAME, so it can't be shared by weight;"
                f" redirect it to www.{host} and move that, or switch it at once without a cutover"
            )

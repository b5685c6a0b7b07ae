"""The domain of an environment: the names of its web processes, their zone in Route 53 and their certificate."""

from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from model.base import Model
from model.names.names import ProcessNames
from model.settings.ingress import Host
from model.settings.text import Form

WEB = "web"
"""The process that has the app's own name, as on Heroku; all others add theirs."""


def _certificate(arn: str) -> str:
    parts = arn.split(":")
    if parts[:3] != ["arn", "aws", "acm"] or len(parts) != 6 or not parts[5].startswith("certificate/"):
        raise ValueError(
            f"{arn} is no certificate of ACM; it is written arn:aws:acm:<region>:<account>:certificate/<id>"
        )
    return arn


Certificate = Annotated[str, AfterValidator(_certificate)]


class Zone(Model):
    """A public hosted zone of Route 53: its name, and the id by which the API knows it."""

    name: Host
    """The name of the hosted zone."""
    id: Annotated[
        str, Form(r"Z[A-Z0-9]{1,31}", "is no id of a hosted zone; copy it from Route 53, such as Z0123456789ABCDEFGHIJ")
    ]
    """Its id in Route 53."""

    def holds(self, host: str) -> bool:
        """Whether a name belongs into this zone."""
        return host == self.name or host.endswith(f".{self.name}")


class Domain(Model):
    """The domain of web processes. Without a zone and without a certificate everything stays HTTP."""

    name: Host
    """What the names of web processes end with."""
    zone: Zone | None = None
    """The public hosted zone in which records are made and certificates proved."""
    certificate: Certificate | None = None
    """The ARN of a certificate that exists already, instead of the environment's own."""

    @model_validator(mode="after")
    def _in_its_zone(self) -> Self:
        if self.zone is not None and not self.zone.holds(self.name):
            raise ValueError(f"{self.name} is not in the zone {self.zone.name}; name the zone that it is in")
        return self

    @property
    def secure(self) -> bool:
        """Whether load balancers have a certificate to speak HTTPS with."""
        return self.zone is not None or self.certificate is not None

    @property
    def wildcard(self) -> str:
        """What the environment's own certificate is issued for: an app that is added needs no other."""
        return f"*.{self.name}"

    def host(self, names: ProcessNames) -> str:
        """The name of a web process: `shop.dev.example.com`, or `shop-admin.dev.example.com` where it isn't `web`."""
        label = names.app if names.process == WEB else names.host_label
        return f"{label}.{self.name}"

    def covers(self, host: str) -> bool:
        """Whether the environment's own certificate is good for a name: a star stands for one label only."""
        return self.certificate is not None or host.partition(".")[2] == self.name

    def zone_of(self, host: str) -> str | None:
        """The id of the zone in which the record of a name is made; None where somebody else has to."""
        return self.zone.id if self.zone is not None and self.zone.holds(host) else None


def check(domain: Domain | None, region: str, hosts: list[str]) -> None:
    """The certificate is one that a load balancer there takes, and every name has one. Raises ValueError.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
    """
    if domain is None or not domain.secure:
        return
    if domain.certificate is not None and domain.certificate.split(":")[3] != region:
        raise ValueError(
            f"domain/certificate: it is in {domain.certificate.split(':')[3]}; load balancers take one of {region}"
        )
    bare = [host for host in hosts if not domain.covers(host) and domain.zone_of(host) is None]
    if bare:
        raise ValueError(
            f"domain/zone: {bare[0]} is not in the zone of the domain, so no certificate can be issued for it;"
            " drop the name, or give domain/certificate one that is good for it"
        )

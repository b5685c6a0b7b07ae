"""The load balancers that an environment's web processes share: a public one and an internal one, where needed."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.ingress.access_logs import AccessLogs, AccessLogsArgs
from components.ingress.certificate import Certificate, CertificateArgs
from components.ingress.load_balancer import Balancer, BalancerArgs, Edge
from components.network.vpc import Network
from components.previous_state import Echo
from model.names import names
from model.settings.environment import Settings
from model.settings.ingress import needed

TYPE = "slipway:components:Ingress"


@dataclass(frozen=True, kw_only=True)
class IngressArgs:
    """The settings, the network to stand in, and the last update's state: who shares now is served until it moves."""

    settings: Settings
    account: str
    network: Network
    echo: Echo


class Ingress(pulumi.ComponentResource):
    """What shared load balancers there are, and what they and all others have in common (`edge`)."""

    edge: Edge

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args = args
        self.edge = Edge(
            rules=args.settings.balancers,
            certificate_arn=self._certificate(name),
            logs=self._access_logs(name),
            former_rule=args.echo.former_rule,
        )
        wanted = needed(args.settings.ingress, args.settings.doors, args.echo.services)
        self._shared = {public: self._make(name, public=public) for public in sorted(wanted)}
        self.register_outputs({})

    def shared(self, *, public: bool) -> Balancer:
        """The shared load balancer of all public, or of all internal, processes."""
        return self._shared[public]

    @property
    def balancers(self) -> dict[str, Balancer]:
        """All of them, by what they are."""
        return {"public" if public else "internal": balancer for public, balancer in self._shared.items()}

    def _certificate(self, name: str) -> pulumi.Output[str] | None:
        domain = self._args.settings.domain
        if domain is None or not domain.secure:
            return None
        if domain.certificate is not None:
            return pulumi.Output.from_input(domain.certificate)
        assert domain.zone is not None
        args = CertificateArgs(env=self._args.settings.env, host=domain.wildcard, zone_id=domain.zone.id)
        return Certificate(name, args, opts=pulumi.ResourceOptions(parent=self)).arn

    def _access_logs(self, name: str) -> pulumi.Output[str] | None:
        settings = self._args.settings
        if settings.balancers.log_days is None:
            return None
        args = AccessLogsArgs(
            env=settings.env,
            region=settings.region,
            account=self._args.account,
            days=settings.balancers.log_days,
            protect=settings.protect,
        )
        return AccessLogs(name, args, opts=pulumi.ResourceOptions(parent=self)).bucket

    def _make(self, name: str, *, public: bool) -> Balancer:
        label = names.shared_balancer(self._args.settings.env, public=public)
        network = self._args.network
        args = BalancerArgs(
            label=label,
            title=label,
            owner=label.replace("-", ", ") + " processes",
            public=public,
            vpc_id=network.vpc_id,
            subnet_ids=network.public_subnet_ids if public else network.private_subnet_ids,
            allowed=self._args.settings.allowed,
            protect=self._args.settings.protect,
            tags={"Environment": self._args.settings.env},
            edge=self.edge,
        )
        suffix = "public" if public else "internal"
        return Balancer(f"{name}.{suffix}", args, opts=pulumi.ResourceOptions(parent=self))

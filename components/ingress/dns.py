"""The records and certificates of the names that one web process answers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.ingress.certificate import Certificate, CertificateArgs
from components.ingress.cutover import Cutover, CutoverArgs
from components.ingress.web_entry import Front
from model.settings.domain import Domain
from model.settings.environment import Settings
from model.settings.ingress import Door, Ingress

TYPE = "slipway:components:Address"


@dataclass(frozen=True, kw_only=True)
class AddressArgs:
    """The names, and what stands before the process: both kinds while it moves, and the one that it `stays` on."""

    door: Door
    settings: Settings
    domain: Domain
    fronts: Mapping[Ingress, Front]
    stays: Ingress


class Address(pulumi.ComponentResource):
    """What makes the names lead to the process. What the zone doesn't hold is left to others."""

    def __init__(self, name: str, args: AddressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args, self._child = args, pulumi.ResourceOptions(parent=self)
        for host in args.door.hosts:
            zone = args.domain.zone_of(host)
            if zone is not None:
                self._lead(host, zone)
        self.register_outputs({})

    def _lead(self, host: str, zone: str) -> None:
        if not self._args.domain.covers(host):
            self._certify(host, zone)
        cutover = self._args.settings.cutover.get(host)
        if cutover is None:
            for kind, front in self._args.fronts.items():
                self._alias(host, zone, kind, front)
            return
        args = CutoverArgs(
            names=self._args.door.names,
            host=host,
            zone_id=zone,
            region=self._args.settings.region,
            plan=cutover,
            front=self._args.fronts[self._args.stays],
        )
        Cutover(host, args, opts=self._child)

    def _alias(self, host: str, zone: str, kind: Ingress, front: Front) -> None:
        """An alias for each load balancer. Weighted even if there is one only, since a plain record would have to go
        before a second one could come; Route 53 answers with the one that has healthy targets.
        """
        aws.route53.Record(
            f"{host}.{kind}",
            zone_id=zone,
            name=host,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(name=front.dns_name, zone_id=front.zone_id, evaluate_target_health=True)
            ],
            set_identifier=kind.value,
            weighted_routing_policies=[aws.route53.RecordWeightedRoutingPolicyArgs(weight=100)],
            opts=self._child,
        )

    def _certify(self, host: str, zone: str) -> None:
        """A certificate of its own: another name on the environment's one would replace that."""
        args = CertificateArgs(env=self._args.settings.env, host=host, zone_id=zone)
        certificate = Certificate(host, args, opts=self._child)
        for kind, front in self._args.fronts.items():
            aws.lb.ListenerCertificate(
                f"{host}.{kind}", listener_arn=front.listener_arn, certificate_arn=certificate.arn, opts=self._child
            )

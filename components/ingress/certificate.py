"""A certificate that AWS issues and renews by itself, since the zone shows that the name is ours."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

TYPE = "slipway:components:Certificate"


@dataclass(frozen=True, kw_only=True)
class CertificateArgs:
    """The name that it is for, which may begin with a star, and the zone that it is in."""

    env: str
    host: str
    zone_id: str


class Certificate(pulumi.ComponentResource):
    """The certificate, the record that proves the name, and the wait until it is issued.

    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            name, domain_name=args.host, validation_method="DNS", tags={"Environment": args.env}, opts=child
        )
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            name,
            zone_id=args.zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type.apply(str),
            records=[proof.resource_record_value],
            ttl=300,
            # A name and its wildcard are proved by the same record, and so are two environments' same names.
            allow_overwrite=True,
            # Another certificate may be renewed by it, months after this one has gone.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        issued = aws.acm.CertificateValidation(
            name, certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn], opts=child
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})

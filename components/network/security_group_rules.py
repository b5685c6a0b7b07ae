"""The rules of security groups: whom they let in, and that they let everything out."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class GroupRules:
    """What one security group lets through. Its rules are children of `owner`."""

    group_id: pulumi.Input[str]
    owner: pulumi.Resource

    def let_in(
        self,
        name: str,
        port: int,
        why: str,
        *,
        block: str | None = None,
        group_id: pulumi.Input[str] | None = None,
        former: str | None = None,
    ) -> None:
        """TCP to one port: from a block of addresses, or from whatever is in another security group.

        `former` is what the rule is called in the state, if it is not that.
        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html
        """
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=self.group_id,
            referenced_security_group_id=group_id,
            cidr_ipv4=block,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=why,
            opts=pulumi.ResourceOptions(
                parent=self.owner, aliases=None if former is None else [pulumi.Alias(name=former)]
            ),
        )

    def let_out(self, name: str, why: str) -> None:
        """Everything, to everywhere."""
        aws.vpc.SecurityGroupEgressRule(
            name,
            security_group_id=self.group_id,
            ip_protocol="-1",
            cidr_ipv4="0.0.0.0/0",
            description=why,
            opts=pulumi.ResourceOptions(parent=self.owner),
        )

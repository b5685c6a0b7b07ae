"""An application load balancer: of one web process, or shared by all public or all internal ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.ingress.target_group import TargetGroupArgs, target_group
from components.network.security_group_rules import GroupRules
from model.settings.load_balancers import Balancers

TYPE = "slipway:components:Balancer"
NOBODY = "No process of this environment answers to this name.\n"


@dataclass(frozen=True, kw_only=True)
class Edge:
    """What all load balancers of an environment keep to. Without a certificate they speak HTTP only.

    `former_rule` is what the rule that lets a block in was called, by its name without the block.
    """

    rules: Balancers
    certificate_arn: pulumi.Output[str] | None
    logs: pulumi.Output[str] | None
    former_rule: Callable[[str, str], str | None]


@dataclass(frozen=True, kw_only=True)
class BalancerArgs:
    """Where the balancer stands, who may reach it, and which process it serves if it is there for one only.

    `label` is its name in AWS, `title` what its security group is called and `owner` whose it is.
    """

    label: str
    title: str
    owner: str
    public: bool
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    allowed: tuple[str, ...]
    protect: bool
    tags: Mapping[str, str]
    edge: Edge
    serves: TargetGroupArgs | None = None


class Balancer(pulumi.ComponentResource):
    """The load balancer, and its target group where it serves one process. Without, it answers 404 to strangers.

    `listener` is the one that has the rules.
    """

    arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str] | None
    listener: aws.lb.Listener

    def __init__(self, name: str, args: BalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(TYPE, name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.security_group_id = self._security_group(name).id
        balancer = self._balancer(name)
        self.arn, self.dns_name, self.zone_id = balancer.arn, balancer.dns_name, balancer.zone_id
        group = None if args.serves is None else target_group(args.serves, self)
        self.target_group_arn = None if group is None else group.arn
        self.listener = self._listen(name, _default(self.target_group_arn))
        if args.public and args.edge.rules.web_acl is not None:
            aws.wafv2.WebAclAssociation(
                name, resource_arn=balancer.arn, web_acl_arn=args.edge.rules.web_acl, opts=self._child
            )
        self.register_outputs({"dnsName": self.dns_name, "targetGroupArn": self.target_group_arn})

    def admit(self, name: str, port: int) -> None:
        """Let those who may reach the balancer reach this port of it."""
        rules = GroupRules(self.security_group_id, self)
        for block in self._args.allowed:
            former = self._args.edge.former_rule(name, block)
            rules.let_in(f"{name}.{block}", port, f"Port {port} from {block}", block=block, former=former)

    def _listen(self, name: str, action: aws.lb.ListenerDefaultActionArgs) -> aws.lb.Listener:
        """HTTP alone, or HTTPS with an HTTP that leads there."""
        certificate = self._args.edge.certificate_arn
        plain = aws.lb.Listener(
            name,
            load_balancer_arn=self.arn,
            port=80,
            protocol="HTTP",
            default_actions=[action if certificate is None else _to_https()],
            opts=self._child,
        )
        if certificate is None:
            return plain
        self.admit(f"{name}.https", 443)
        return aws.lb.Listener(
            f"{name}.https",
            load_balancer_arn=self.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=self._args.edge.rules.tls_policy,
            certificate_arn=certificate,
            default_actions=[action],
            opts=self._child,
        )

    def _security_group(self, name: str) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            name,
            description=f"Load balancer of {self._args.owner}",
            vpc_id=self._args.vpc_id,
            tags={**self._args.tags, "Name": f"{self._args.title}-balancer"},
            opts=self._child,
        )
        self.security_group_id = group.id
        self.admit(name, 80)
        GroupRules(group.id, self).let_out(name, "To the tasks")
        return group

    def _balancer(self, name: str) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            name,
            name=self._args.label,
            load_balancer_type="application",
            internal=not self._args.public,
            subnets=self._args.subnet_ids,
            security_groups=[self.security_group_id],
            idle_timeout=self._args.edge.rules.idle_timeout,
            drop_invalid_header_fields=True,
            enable_deletion_protection=self._args.protect,
            access_logs=None
            if self._args.edge.logs is None
            else aws.lb.LoadBalancerAccessLogsArgs(bucket=self._args.edge.logs, enabled=True),
            tags=self._args.tags,
            opts=self._child,
        )


def _to_https() -> aws.lb.ListenerDefaultActionArgs:
    secure = aws.lb.ListenerDefaultActionRedirectArgs(port="443", protocol="HTTPS", status_code="HTTP_301")
    return aws.lb.ListenerDefaultActionArgs(type="redirect", redirect=secure)


def _default(group_arn: pulumi.Output[str] | None) -> aws.lb.ListenerDefaultActionArgs:
    if group_arn is not None:
        return aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group_arn)
    nobody = aws.lb.ListenerDefaultActionFixedResponseArgs(
        content_type="text/plain", message_body=NOBODY, status_code="404"
    )
    return aws.lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=nobody)

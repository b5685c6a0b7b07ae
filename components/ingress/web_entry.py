"""What stands before one web process: a load balancer of its own, or its way through the shared one."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.ingress.listener_rule import Route, RouteArgs
from components.ingress.load_balancer import Balancer, BalancerArgs
from components.ingress.shared import Ingress
from components.ingress.target_group import TargetGroupArgs
from components.network.vpc import Network
from model.settings.app import Process
from model.settings.environment import Settings
from model.settings.ingress import Door, on_port
from model.settings.ingress import Ingress as Kind


@dataclass(frozen=True, kw_only=True)
class FrontArgs:
    """The process, where it is reached, and the platform that it stands on. `port` is that of the tasks."""

    door: Door
    process: Process
    port: int
    settings: Settings
    network: Network
    ingress: Ingress


@dataclass(frozen=True, kw_only=True)
class Front:
    """What a service and its tasks need to know of it. `entry` is what sends requests to the target group."""

    url: pulumi.Output[str]
    arn: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    listener_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    entry: pulumi.Resource
    shared: bool


def front(kind: Kind, args: FrontArgs, parent: pulumi.Resource) -> Front:
    """What stands before a process, of the given kind."""
    return _shared(args, parent) if kind is Kind.SHARED else _dedicated(args, parent)


def _dedicated(args: FrontArgs, parent: pulumi.Resource) -> Front:
    names, network = args.door.names, args.network
    group = _serves(args, names.target_group(args.port))
    balancer = BalancerArgs(
        label=names.balancer,
        title=names.family,
        owner=names.logical,
        public=args.door.public,
        vpc_id=network.vpc_id,
        subnet_ids=network.public_subnet_ids if args.door.public else network.private_subnet_ids,
        allowed=args.settings.allowed,
        protect=args.settings.protect,
        tags=names.tags,
        edge=args.ingress.edge,
        serves=group,
    )
    made = Balancer(names.logical, balancer, opts=pulumi.ResourceOptions(parent=parent))
    assert made.target_group_arn is not None
    return _front(args, made, made.target_group_arn, made.listener, shared=False)


def _shared(args: FrontArgs, parent: pulumi.Resource) -> Front:
    names, balancer = args.door.names, args.ingress.shared(public=args.door.public)
    serves = _serves(args, names.shared_target_group(args.port))
    made = Route(
        names.logical,
        RouteArgs(door=args.door, balancer=balancer, serves=serves),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return _front(args, balancer, made.target_group_arn, made.entry, shared=True)


def _serves(args: FrontArgs, label: str) -> TargetGroupArgs:
    return TargetGroupArgs(
        names=args.door.names,
        process=args.process,
        port=args.port,
        label=label,
        vpc_id=args.network.vpc_id,
        protect=args.settings.protect,
    )


def _front(
    args: FrontArgs, balancer: Balancer, group: pulumi.Output[str], entry: pulumi.Resource, *, shared: bool
) -> Front:
    return Front(
        url=_url(args, balancer.dns_name, shared=shared),
        arn=balancer.arn,
        dns_name=balancer.dns_name,
        zone_id=balancer.zone_id,
        listener_arn=balancer.listener.arn,
        security_group_id=balancer.security_group_id,
        target_group_arn=group,
        entry=entry,
        shared=shared,
    )


def _url(args: FrontArgs, dns_name: pulumi.Output[str], *, shared: bool) -> pulumi.Output[str]:
    door, domain = args.door, args.settings.domain
    if door.hosts:
        scheme = "https" if domain is not None and domain.secure else "http"
        return pulumi.Output.from_input(f"{scheme}://{door.hosts[0]}/")
    if shared:
        return dns_name.apply(lambda name: on_port(name, door.port))
    return pulumi.Output.format("http://{0}/", dns_name)

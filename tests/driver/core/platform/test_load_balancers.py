"""Rules of load balancers that are not there yet."""

import pytest

from driver.core.platform.load_balancers import check_built, check_ports, check_public, moved
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.names import ProcessNames
from model.names.pulumi_types import BALANCER, LISTENER, LISTENER_RULE, SERVICE, TARGET_GROUP
from model.settings.environment import Settings
from model.settings.ingress import Ingress
from model.settings.parse import parse

NAMES = ProcessNames("dev", "shop", "web")
LABELS = {Ingress.DEDICATED: NAMES.target_group(8000), Ingress.SHARED: NAMES.shared_target_group(8000)}


def settings(kind: Ingress) -> Settings:
    apps = {name: {"processes": {"web": {"port": 8000}, "worker": {}}} for name in ("shop", "till")}
    network = {"zones": ["eu-west-1a", "eu-west-1b"]}
    return parse("dev", "eu-west-1", {"apps": apps, "network": network, "ingress": kind})


def stack(stands: Ingress, *built: Ingress) -> StackState:
    groups = [
        Resource(urn=kind, kind=TARGET_GROUP, name="shop.web", parent="", outputs={"name": LABELS[kind]})
        for kind in built
    ]
    target = {"targetGroupArn": f"arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/{LABELS[stands]}/ab"}
    web = Resource(urn="w", kind=SERVICE, name="shop.web", parent="", outputs={"loadBalancers": [target]})
    worker = Resource(urn="k", kind=SERVICE, name="shop.worker", parent="", outputs={"loadBalancers": []})
    return StackState(resources=[web, worker, *groups])


@pytest.mark.parametrize("kind", Ingress)
def test_a_release_goes_on_where_it_stays_or_where_up_has_been(kind: Ingress) -> None:
    other = next(one for one in Ingress if one is not kind)
    check_built(settings(kind), "shop", stack(kind, kind))
    check_built(settings(kind), "shop", stack(other, other, kind))


@pytest.mark.parametrize("kind", Ingress)
def test_a_load_balancer_that_is_not_there_yet_is_a_matter_of_up(kind: Ingress) -> None:
    other = next(one for one in Ingress if one is not kind)
    with pytest.raises(NotReady, match=f"ingress {kind}, which nothing has built yet for shop.web") as caught:
        check_built(settings(kind), "shop", stack(other, other))
    assert "Run `slipway up dev` first" in caught.value.hint
    check_built(settings(kind), "till", stack(other, other))


def reached(*ports: float, process: str = "web") -> StackState:
    """A state in which a process is reached by target groups with these ports."""
    rows = [
        Resource(urn=str(port), kind=TARGET_GROUP, name=f"shop.{process}", parent="", outputs={"port": port})
        for port in ports
    ]
    return StackState(resources=rows)


def test_a_port_that_is_that_of_the_target_group_changes_nothing() -> None:
    check_ports(settings(Ingress.SHARED), reached(8000.0, 8000))
    check_ports(settings(Ingress.SHARED), StackState())


def test_another_port_would_leave_the_process_without_tasks_and_is_refused() -> None:
    with pytest.raises(NotReady, match=r"apps/shop/processes/web/port: 8000 would take away .* 9000") as caught:
        check_ports(settings(Ingress.SHARED), reached(9000))
    assert caught.value.hint.startswith("Put port: 9000 back. For another port add a process")


def test_a_process_that_is_to_have_no_port_any_more_is_refused_too() -> None:
    with pytest.raises(NotReady, match="apps/shop/processes/worker/port: no port would take away"):
        check_ports(settings(Ingress.SHARED), reached(9000, process="worker"))


def test_processes_that_go_and_other_apps_are_not_looked_at() -> None:
    check_ports(settings(Ingress.SHARED), reached(9000, process="admin"))
    check_ports(settings(Ingress.SHARED), reached(9000), "till")


def standing(kind: str, **outputs: object) -> StackState:
    return StackState(resources=[Resource(urn=kind, kind=kind, name="shop.web", parent="", outputs=outputs)])


def on(listener: str) -> str:
    return f"arn:aws:elasticloadbalancing:eu-west-1:1:{listener}"


INTERNAL = [
    standing(BALANCER, internal=True),
    standing(LISTENER, loadBalancerArn=on("loadbalancer/app/dev-internal/ab")),
    standing(LISTENER_RULE, listenerArn=on("listener/app/dev-internal/ab/cd")),
]
PUBLIC = [
    standing(BALANCER, internal=False),
    standing(LISTENER, loadBalancerArn=on("loadbalancer/app/dev-public/ab")),
    standing(LISTENER_RULE, listenerArn=on("listener/app/dev-public/ab/cd")),
]


@pytest.mark.parametrize("stack", INTERNAL)
def test_a_process_does_not_leave_the_load_balancer_that_it_is_reached_by(stack: StackState) -> None:
    with pytest.raises(NotReady, match=r"apps/shop/processes/web/public: true would take shop\.web off") as caught:
        check_public(settings(Ingress.SHARED), stack)
    assert caught.value.hint.startswith("Put public: false back. For public: true add a process that has it")
    check_public(settings(Ingress.SHARED), stack, "till")


@pytest.mark.parametrize("stack", [*PUBLIC, StackState(), standing(TARGET_GROUP)])
def test_a_process_that_stays_public_or_stands_nowhere_yet_is_not_refused(stack: StackState) -> None:
    check_public(settings(Ingress.SHARED), stack)


def named(hosts: list[str]) -> Settings:
    web = {"port": 8000, "hosts": hosts} if hosts else {"port": 8000}
    apps = {"shop": {"processes": {"web": web}}}
    rules = {"apps": apps, "network": {"zones": ["eu-west-1a", "eu-west-1b"]}, "ingress": "shared"}
    return parse("dev", "eu-west-1", rules | ({"domain": {"name": "example.com"}} if hosts else {}))


def test_an_address_that_ends_with_the_update_is_said_before() -> None:
    [line] = moved(named(["www.example.com"]), PUBLIC[1])
    assert line.startswith("shop.web answers on port ") and "but to shop.example.com, www.example.com alone" in line
    [line] = moved(named([]), PUBLIC[2])
    assert line.startswith("shop.web answers to no host name any more")
    assert moved(named([]), PUBLIC[1]) == moved(named(["www.example.com"]), PUBLIC[2]) == []

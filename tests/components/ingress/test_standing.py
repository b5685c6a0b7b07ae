import pytest

from components.freeze import plan
from components.previous_state import Echo
from components.run_config import Run
from model.settings.app import App
from model.settings.environment import Settings
from model.settings.ingress import Ingress, needed
from model.settings.parse import parse

SHOP = App.model_validate({"processes": {"web": {"port": 8000}, "worker": {}}})
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{}/0123456789abcdef"


def echo(label: str) -> Echo:
    return Echo(services={"shop.web": {"loadBalancers": [{"targetGroupArn": ARN.format(label)}]}, "shop.worker": {}})


def settings(kind: Ingress) -> Settings:
    apps = {"shop": {"processes": {"web": {"port": 8000}, "worker": {}}}}
    return parse(
        "dev", "eu-west-1", {"apps": apps, "network": {"zones": ["eu-west-1a", "eu-west-1b"]}, "ingress": kind}
    )


def run(releasing: str | None = None) -> Run:
    return Run(pins={}, candidate=None, releasing=releasing, scope=None, weighing=frozenset())


def test_a_process_stays_on_its_load_balancer_until_it_is_released() -> None:
    before = echo("dev-shop-web-8000")
    assert plan("shop", SHOP, run(), before).stays("web", Ingress.SHARED) is Ingress.DEDICATED
    assert plan("shop", SHOP, run("shop"), before).stays("web", Ingress.SHARED) is Ingress.SHARED
    assert plan("shop", SHOP, run("till"), before).stays("web", Ingress.SHARED) is Ingress.DEDICATED


def test_a_new_process_stands_where_the_settings_want_it() -> None:
    assert plan("shop", SHOP, run(), Echo()).stays("web", Ingress.SHARED) is Ingress.SHARED


def test_target_groups_are_frozen_unless_releasing() -> None:
    assert "loadBalancers" in plan("shop", SHOP, run(), Echo()).service("web")
    assert "loadBalancers" not in plan("shop", SHOP, run("shop"), Echo()).service("web")


@pytest.mark.parametrize(
    ("kind", "before", "wanted"),
    [
        (Ingress.SHARED, Echo(), {True}),
        (Ingress.DEDICATED, echo("dev-shop-web-8000-shared"), {True}),
        (Ingress.DEDICATED, echo("dev-shop-web-8000"), set()),
    ],
)
def test_a_shared_load_balancer_is_there_for_as_long_as_somebody_stands_on_it(
    kind: Ingress, before: Echo, wanted: set[bool]
) -> None:
    assert needed(kind, settings(kind).doors, before.services) == wanted

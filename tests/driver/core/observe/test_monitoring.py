import re

import pytest

from driver.core.observe.monitoring import prometheus_sd, read
from driver.errors import NotReady
from model.monitoring import output
from model.monitoring.output import App, Cluster, Monitoring, Release, Service

BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/dev-shop-web/50dc6c495c0c9188"


def found() -> Monitoring:
    web = Service(
        name="shop-web",
        log_group="/ecs/dev-shop-web",
        dimensions={"ClusterName": "dev", "ServiceName": "shop-web"},
        url="http://shop.example.com:8080/",
        load_balancer=output.load_balancer(BALANCER, "shop.example.com"),
    )
    worker = Service(name="shop-worker", log_group="/ecs/dev-shop-worker", dimensions={})
    shop = App(release=Release(number=43, version="v43"), services={"web": web, "worker": worker})
    cluster = Cluster(name="dev", arn="arn:aws:ecs:eu-west-1:123456789012:cluster/dev", dimensions={})
    return Monitoring(
        environment="dev", region="eu-west-1", account="123456789012", cluster=cluster, apps={"shop": shop}
    )


def test_prometheus_gets_a_group_for_each_process_that_has_an_address() -> None:
    [group] = prometheus_sd(found())
    assert group["targets"] == ["shop.example.com:8080"]
    labels = group["labels"]
    assert isinstance(labels, dict)
    assert labels.items() >= {"app": "shop", "process": "web", "environment": "dev", "release": "v43"}.items()
    assert labels["load_balancer"] == "app/dev-shop-web/50dc6c495c0c9188"


def test_labels_are_what_prometheus_takes_as_labels() -> None:
    [group] = prometheus_sd(found())
    labels = group["labels"]
    assert isinstance(labels, dict)
    assert [name for name in labels if not re.fullmatch("[a-zA-Z_][a-zA-Z0-9_]*", name)] == []
    assert all(isinstance(value, str) for value in labels.values())


def test_what_was_exported_is_read_back() -> None:
    assert read("dev", {"monitoring": output.plain(found())}) == found()


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ({}, "dev is not up"),
        ({"urls": {}}, "exports nothing to monitor yet"),
        ({"monitoring": {**output.plain(found()), "version": 2}}, "can't read: monitoring/version"),
    ],
)
def test_an_environment_without_an_export_that_can_be_read_is_told_what_to_do(
    outputs: dict[str, object], words: str
) -> None:
    with pytest.raises(NotReady, match=words) as refused:
        read("dev", outputs)
    assert "slipway up dev" in refused.value.hint

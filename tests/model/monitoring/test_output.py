import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from model.monitoring import output
from model.monitoring.output import Monitoring

SCHEMA = Path(__file__).parents[3] / "docs" / "monitoring.schema.json"
BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/dev-shop-web/50dc6c495c0c9188"
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/dev-shop-web-8000/73e2d6bc24d8a067"


def environment(**more: object) -> dict[str, object]:
    cluster = {"name": "dev", "arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/dev", "dimensions": {}}
    given = {"environment": "dev", "region": "eu-west-1", "account": "123456789012", "cluster": cluster}
    return {**given, **more}


def test_the_schema_in_the_docs_is_the_models() -> None:
    assert json.loads(SCHEMA.read_text()) == output.schema(), f"slipway monitoring schema --output {SCHEMA}"


def test_the_dimensions_of_a_load_balancer_and_its_target_group_are_what_cloudwatch_calls_them() -> None:
    balancer = output.load_balancer(BALANCER, "dev-shop-web-1.eu-west-1.elb.amazonaws.com")
    assert balancer.name == "dev-shop-web"
    assert balancer.dimensions == {"LoadBalancer": "app/dev-shop-web/50dc6c495c0c9188"}
    group = output.target_group(GROUP, BALANCER)
    assert group.name == "dev-shop-web-8000"
    assert group.dimensions == {
        "LoadBalancer": "app/dev-shop-web/50dc6c495c0c9188",
        "TargetGroup": "targetgroup/dev-shop-web-8000/73e2d6bc24d8a067",
    }


def test_numbers_and_order_survive_the_engine_which_makes_floats_and_shuffles() -> None:
    app = {"release": {"number": 43.0, "version": "v43"}, "services": {}}
    rows = [{"name": "/ecs/dev-shop-web", "retention_days": 14.0}]
    found = Monitoring.model_validate(environment(version=1.0, apps={"till": app, "shop": app}, log_groups=rows))
    assert '"retention_days":14}' in found.model_dump_json(exclude_defaults=True)
    assert list(output.plain(found)["apps"]) == ["shop", "till"]
    assert output.plain(found)["apps"]["shop"]["release"] == {"number": 43, "version": "v43"}


def test_a_field_of_a_newer_program_is_passed_over() -> None:
    assert Monitoring.model_validate(environment(newer="field")) == Monitoring.model_validate(environment())


def test_another_version_is_refused() -> None:
    with pytest.raises(ValidationError, match="version"):
        Monitoring.model_validate(environment(version=2))

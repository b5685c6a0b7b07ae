from components.previous_state import parse
from model.names.names import BOOTSTRAP_REPOSITORY
from model.names.pulumi_types import (
    INGRESS_RULE,
    REGISTRY,
    REPOSITORY,
    SECURITY_GROUP,
    SERVICE,
    TARGET_GROUP,
    TASK_DEFINITION,
)

PLACE = f"urn:pulumi:dev::slipway::{REGISTRY}${REPOSITORY}::"


def test_the_images_of_an_app_that_has_left_the_catalogue_stay() -> None:
    echo = parse({f"{PLACE}{name}": {} for name in ("shop", "till", BOOTSTRAP_REPOSITORY)})
    assert echo.with_repositories(None, ["shop", "desk"]) == ["shop", "desk", "till"]


def test_a_run_for_one_app_alone_has_the_repository_of_that_app_alone() -> None:
    echo = parse({f"{PLACE}{name}": {} for name in ("shop", "till")})
    assert echo.with_repositories("shop", ["shop"]) == ["shop"]


def test_a_rule_is_known_by_the_block_that_it_lets_in_and_not_by_its_place() -> None:
    place = f"urn:pulumi:dev::slipway::{INGRESS_RULE}::"
    names = {
        "example.web.0": "10.2.0.0/16",
        "example.web.https.1": "10.1.0.0/16",
        "example.web.10.3.0.0/16": "10.3.0.0/16",
    }
    echo = parse({f"{place}{name}": {"outputs": {"cidrIpv4": block}} for name, block in names.items()})
    assert echo.former_rule("example.web", "10.2.0.0/16") == "example.web.0"
    assert echo.former_rule("example.web.https", "10.1.0.0/16") == "example.web.https.1"
    assert echo.former_rule("example.web", "10.1.0.0/16") is None, "another port"
    assert echo.former_rule("example.web", "10.3.0.0/16") is None, "it has the name of its block"


def test_what_services_can_stand_on_is_known_by_id_and_by_arn() -> None:
    group, target = "arn:aws:ec2:eu-west-1:0:security-group/sg-1", "arn:aws:elasticloadbalancing:eu-west-1:0:tg/a/b"
    urns = {
        f"urn:pulumi:dev::slipway::{SECURITY_GROUP}::shop": group,
        f"urn:pulumi:dev::slipway::{TARGET_GROUP}::a": target,
    }
    echo = parse({urn: {"outputs": {"arn": arn}} for urn, arn in urns.items()})
    assert {"sg-1", target} <= echo.ground


def test_a_first_up_that_was_killed_has_lost_no_release_and_a_released_app_without_its_pin_has() -> None:
    place = "urn:pulumi:dev::slipway::"

    def state(image: str) -> frozenset[str]:
        definition = {"outputs": {"containerDefinitions": f'[{{"image": "{image}"}}]'}}
        return parse({f"{place}{SERVICE}::shop.web": {}, f"{place}{TASK_DEFINITION}::shop.web": definition}).lost

    assert state(f"1.dkr.ecr.eu-west-1.amazonaws.com/{BOOTSTRAP_REPOSITORY}:1.0.0") == frozenset()
    assert state("1.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:aa") == {"shop"}

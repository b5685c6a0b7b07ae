from components.previous_state import parse
from model.names.names import BOOTSTRAP_REPOSITORY
from model.names.pulumi_types import REGISTRY, REPOSITORY

PLACE = f"urn:pulumi:dev::slipway::{REGISTRY}${REPOSITORY}::"


def test_the_images_of_an_app_that_has_left_the_catalogue_stay() -> None:
    echo = parse({f"{PLACE}{name}": {} for name in ("shop", "till", BOOTSTRAP_REPOSITORY)})
    assert echo.with_repositories(None, ["shop", "desk"]) == ["shop", "desk", "till"]


def test_a_run_for_one_app_alone_has_the_repository_of_that_app_alone() -> None:
    echo = parse({f"{PLACE}{name}": {} for name in ("shop", "till")})
    assert echo.with_repositories("shop", ["shop"]) == ["shop"]

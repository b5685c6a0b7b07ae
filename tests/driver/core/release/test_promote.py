"""Rules of a promotion."""

from datetime import UTC, datetime

import pytest

from driver.core.release import promote
from driver.core.values.release import Kind, Release, Verdict
from driver.errors import NotFound, NotReady
from model.releases import Pin
from tests.driver.core.fake_platform import Cloud, pin

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def written(cloud: Cloud, made: Pin, verdict: Verdict = Verdict.SUCCEEDED) -> None:
    cloud.ledger.rows["shop", made.release] = Release(
        app="shop", pin=made, kind=Kind.DEPLOY, who="me@here", started=AT, verdict=verdict, tag=f"master-{made.release}"
    )


def test_the_image_of_the_last_good_release_is_promoted_by_its_digest() -> None:
    cloud = Cloud(pin(2, "b"))
    written(cloud, pin(1, "a"))
    written(cloud, pin(2, "b"))
    written(cloud, pin(3, "c"), Verdict.FAILED)
    request = promote.request("dev", promote.source(cloud.world, "shop"))
    assert request.image == f"sha256:{'b' * 64}"
    assert (request.kind, request.promoted, request.tag) == (Kind.PROMOTE, "dev v2", "master-2")


def test_what_is_not_known_to_be_good_is_not_promoted() -> None:
    cloud = Cloud(pin(2, "b"))
    with pytest.raises(NotReady, match="no good release in dev"):
        promote.source(cloud.world, "shop")
    written(cloud, Pin(release=1))
    with pytest.raises(NotReady, match="no good release in dev"):
        promote.source(cloud.world, "shop")
    written(cloud, pin(2, "a"))
    written(cloud, pin(3, "b"), Verdict.STARTED)
    with pytest.raises(NotReady, match="shop v3 in dev is unfinished"):
        promote.source(cloud.world, "shop")
    with pytest.raises(NotFound):
        promote.source(cloud.world, "nosuch")

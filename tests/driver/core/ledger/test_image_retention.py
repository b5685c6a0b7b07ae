"""Rules of the tags that keep images."""

from datetime import UTC, datetime

from driver.core.ledger.image_retention import keep, surplus
from driver.core.ledger.journal import Record
from driver.core.values.release import DEPTH, Kind, Release, Verdict
from driver.errors import Unreachable
from model.names.names import AppNames
from model.releases import Pin
from tests.driver.core.fake_platform import Cloud, image, pin

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = AppNames("dev", "shop")


def good(cloud: Cloud, number: int) -> Release:
    """A good release of its own code in ledger and registry."""
    digest = f"sha256:{number:064x}"
    made = Pin(release=number, image=f"{image('a').split('@')[0]}@{digest}", config="c")
    row = Release(app="shop", pin=made, kind=Kind.DEPLOY, who="me", started=AT, verdict=Verdict.SUCCEEDED)
    cloud.ledger.rows["shop", number] = row
    cloud.tags.images[digest] = [f"master-{number}"]
    return row


def test_a_release_that_succeeds_keeps_its_image_and_one_that_fails_does_not() -> None:
    cloud = Cloud(pin(1))
    Record.start(cloud.world, "shop", pin(2, "b"), Kind.DEPLOY).failed("it crashed")
    assert cloud.tags.images == {}
    Record.start(cloud.world, "shop", pin(3, "b"), Kind.ROLLBACK).succeeded({})
    assert cloud.tags.images == {f"sha256:{'b' * 64}": ["keep.dev.shop.v3"]}


def test_what_can_be_gone_back_to_is_kept_and_what_is_older_is_not() -> None:
    cloud = Cloud(pin(1))
    for number in range(1, DEPTH + 6):
        keep(cloud.world, good(cloud, number))
    kept = [tag for tags in cloud.tags.images.values() for tag in tags if tag.startswith("keep.")]
    newest = DEPTH + 5
    # The one that runs, and as many as a rollback may choose from.
    assert kept == [f"keep.dev.shop.v{number}" for number in range(newest - DEPTH, newest + 1)]
    assert len(cloud.tags.images) == newest
    assert cloud.marks.regrets == []


def test_the_last_tag_of_an_image_stays_whatever_it_is() -> None:
    images = [["keep.dev.shop.v1"], ["keep.dev.shop.v2", "keep.prod.shop.v9"], ["m-3", "keep.dev.shop.v3"]]
    assert surplus(SHOP, images, []) == ["keep.dev.shop.v3"]


def test_only_tags_of_this_app_and_environment_are_taken_off() -> None:
    others = ["m", "keep.prod.shop.v1", "keep.dev.shop-two.v1", "keep.dev.shop.vx", "keep.dev.shop.v1-rc"]
    assert surplus(SHOP, [[*others, "keep.dev.shop.v1", "keep.dev.shop.v2"]], ["keep.dev.shop.v2"]) == [
        "keep.dev.shop.v1"
    ]


def test_a_registry_that_refuses_a_tag_never_fails_a_release() -> None:
    cloud = Cloud(pin(1))
    cloud.tags.down = Unreachable("AWS refused tagging: AccessDeniedException")
    Record.start(cloud.world, "shop", pin(2, "b"), Kind.DEPLOY).succeeded({})
    assert cloud.ledger.rows["shop", 2].verdict is Verdict.SUCCEEDED
    (said,) = cloud.marks.regrets
    assert "AccessDeniedException" in said


def test_going_back_to_the_bootstrap_keeps_no_image() -> None:
    cloud = Cloud(pin(1))
    Record.start(cloud.world, "shop", Pin(release=2), Kind.GOING_BACK).succeeded({})
    assert cloud.tags.images == {}

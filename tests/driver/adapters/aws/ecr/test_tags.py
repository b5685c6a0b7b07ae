"""Rules of the tags that keep images, against the sandbox's ECR."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.adapters.aws.ecr.images import EcrImages
from driver.adapters.aws.ecr.tags import EcrTags
from driver.adapters.aws.session import Session
from driver.core.image import packing
from driver.core.ports import Image
from driver.errors import NotReady
from model.releases import Source

pytestmark = pytest.mark.sandbox
REPOSITORY = "kept"


@pytest.fixture
def image(session: Session, tmp_path: Path) -> Iterator[Image]:
    ecr = session.client("ecr")
    ecr.create_repository(repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE")
    (tmp_path / "app.py").write_text("one")
    packed = packing.pack(tmp_path, {}, Source(commit="a" * 40), "master-1")
    yield EcrImages(session).push(REPOSITORY, packed, lambda _line: None)
    ecr.delete_repository(repositoryName=REPOSITORY, force=True)


def test_an_image_gets_a_tag_more_and_stays_what_it_is(session: Session, image: Image) -> None:
    tags = EcrTags(session)
    for _ in range(2):
        tags.add(REPOSITORY, image.digest, "keep.dev.kept.v1")
    found = EcrImages(session).resolve(REPOSITORY, "keep.dev.kept.v1")
    assert (found.reference, found.source) == (image.reference, image.source)
    assert [sorted(row) for row in tags.of(REPOSITORY)] == [["keep.dev.kept.v1", "master-1"]]


def test_tags_are_taken_off_a_hundred_at_a_time_and_the_image_stays(session: Session, image: Image) -> None:
    tags, many = EcrTags(session), [f"keep.dev.kept.v{number}" for number in range(103)]
    for tag in many:
        tags.add(REPOSITORY, image.digest, tag)
    tags.remove(REPOSITORY, [*many, "keep.dev.kept.v999"])
    assert tags.of(REPOSITORY) == [("master-1",)]
    assert EcrImages(session).resolve(REPOSITORY, image.digest).reference == image.reference


def test_an_image_that_is_gone_can_not_be_kept(session: Session, image: Image) -> None:
    session.client("ecr").batch_delete_image(repositoryName=REPOSITORY, imageIds=[{"imageDigest": image.digest}])
    with pytest.raises(NotReady, match="there is no image sha256"):
        EcrImages(session).resolve(REPOSITORY, image.reference)
    with pytest.raises(NotReady, match=r"is gone from the repository kept"):
        EcrTags(session).add(REPOSITORY, image.digest, "keep.dev.kept.v1")
    with pytest.raises(NotReady, match="no image repository nowhere"):
        EcrTags(session).of("nowhere")

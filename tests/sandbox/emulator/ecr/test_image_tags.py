"""ECR's rules for the tags of an image."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox


@pytest.fixture
def ecr(cloud: Cloud) -> Any:
    client = cloud.client("ecr")
    client.create_repository(repositoryName=cloud.name, imageTagMutability="IMMUTABLE")
    yield client
    client.delete_repository(repositoryName=cloud.name, force=True)


def put(ecr: Any, cloud: Cloud, tag: str, content: str = "one") -> str:
    made = ecr.put_image(repositoryName=cloud.name, imageManifest=json.dumps({"content": content}), imageTag=tag)
    return str(made["image"]["imageId"]["imageDigest"])


def tags(ecr: Any, cloud: Cloud) -> list[list[str]]:
    return [row["imageTags"] for row in ecr.describe_images(repositoryName=cloud.name)["imageDetails"]]


def remove(ecr: Any, cloud: Cloud, **image: str) -> Any:
    return ecr.batch_delete_image(repositoryName=cloud.name, imageIds=[image])


def test_a_new_tag_for_an_image_is_legal_where_tags_are_immutable(ecr: Any, cloud: Cloud) -> None:
    assert put(ecr, cloud, "v1") == put(ecr, cloud, "keep.dev.shop.v1")
    assert tags(ecr, cloud) == [["v1", "keep.dev.shop.v1"]]
    listed = ecr.list_images(repositoryName=cloud.name)["imageIds"]
    assert [row["imageTag"] for row in listed] == ["v1", "keep.dev.shop.v1"]
    with pytest.raises(ClientError, match="ImageAlreadyExistsException"):
        put(ecr, cloud, "v1")
    with pytest.raises(ClientError, match="ImageTagAlreadyExistsException"):
        put(ecr, cloud, "v1", "two")


def test_a_tag_that_is_taken_off_leaves_the_image_and_the_last_one_takes_it_along(ecr: Any, cloud: Cloud) -> None:
    digest = put(ecr, cloud, "v1")
    put(ecr, cloud, "v2")
    assert remove(ecr, cloud, imageTag="v2")["imageIds"] == [{"imageDigest": digest, "imageTag": "v2"}]
    assert tags(ecr, cloud) == [["v1"]]
    assert remove(ecr, cloud, imageTag="v2")["failures"][0]["failureCode"] == "ImageNotFound"
    remove(ecr, cloud, imageTag="v1", imageDigest=digest)
    assert tags(ecr, cloud) == []


def test_an_image_that_is_named_by_its_digest_goes_with_all_its_tags(ecr: Any, cloud: Cloud) -> None:
    digest = put(ecr, cloud, "v1")
    put(ecr, cloud, "v2")
    remove(ecr, cloud, imageDigest=digest)
    assert tags(ecr, cloud) == []

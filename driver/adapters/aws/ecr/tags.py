"""The tags of images in ECR: added, looked at and taken off without moving an image."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from driver.adapters.aws.paging import batches
from driver.adapters.aws.session import Session, code, registry_of, translated
from driver.core.values.manifests import ACCEPTED
from driver.errors import NotReady, Unreachable

# BatchDeleteImage takes a hundred.
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
BATCH = 100
THERE = {"ImageAlreadyExistsException", "ImageTagAlreadyExistsException"}


class EcrTags:
    """The port Tags; `account` has the repositories where it is not our own."""

    def __init__(self, session: Session, account: str | None = None) -> None:
        self._session = session
        self._place = registry_of(account)

    def add(self, repository: str, digest: str, tag: str) -> None:
        """PutImage of the manifest that is there, byte for byte: a new tag is legal where tags are immutable."""
        from botocore.exceptions import ClientError

        client = self._session.client("ecr")
        with _asking(f"tagging {digest[:19]} as {tag}", repository):
            found = client.batch_get_image(
                repositoryName=repository,
                imageIds=[{"imageDigest": digest}],
                acceptedMediaTypes=list(ACCEPTED),
                **self._place,
            )["images"]
            if not found:
                raise NotReady(f"the image {digest} is gone from the repository {repository}")
            try:
                client.put_image(
                    repositoryName=repository,
                    imageManifest=found[0]["imageManifest"],
                    imageManifestMediaType=found[0]["imageManifestMediaType"],
                    imageTag=tag,
                    imageDigest=digest,
                    **self._place,
                )
            except ClientError as error:
                if code(error) not in THERE:
                    raise

    def of(self, repository: str) -> Sequence[Collection[str]]:
        """The tags of each image that has any."""
        pages = self._session.client("ecr").get_paginator("describe_images")
        with _asking("reading the tags of images", repository):
            found = pages.paginate(
                repositoryName=repository,
                filter={"tagStatus": "TAGGED"},
                PaginationConfig={"PageSize": 1000},
                **self._place,
            )
            return [tuple(row.get("imageTags", ())) for page in found for row in page["imageDetails"]]

    def remove(self, repository: str, tags: Sequence[str]) -> None:
        """BatchDeleteImage by tag, which leaves the image where it has another tag. A tag that is not there is none."""
        client = self._session.client("ecr")
        with _asking("taking tags off images", repository):
            for batch in batches(tags, BATCH):
                rows = [{"imageTag": tag} for tag in batch]
                answer = client.batch_delete_image(repositoryName=repository, imageIds=rows, **self._place)
                failed = [row for row in answer["failures"] if row.get("failureCode") != "ImageNotFound"]
                if failed:
                    raise Unreachable(f"AWS refused taking tags off images: {failed[0].get('failureReason')}")


@contextmanager
def _asking(doing: str, repository: str) -> Iterator[None]:
    from botocore.exceptions import ClientError

    with translated(doing):
        try:
            yield
        except ClientError as error:
            if code(error) != "RepositoryNotFoundException":
                raise
            raise NotReady(f"there is no image repository {repository}", hint="`slipway up ENV` makes it.") from None

"""ECR's rules for tags: taking one off leaves the image, the last one takes it along for good, and each is listed."""

from typing import Any

from ministack.services import ecr

from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal, answer, body_of, error, replace

NEEDS: Needs = {
    "ministack.services.ecr": (
        "_batch_delete_image",
        "_find_image",
        "_image_digest",
        "_images",
        "_list_images",
        "_manifest_blobs",
        "_put_image",
        "_repositories",
    ),
}

# "Tags per image", from https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
MAX_TAGS = 1000
AGAIN = "Image with digest '{digest}' and tag '{tag}' already exists in the repository with name '{name}'."


def install() -> None:
    """Correct BatchDeleteImage, ListImages and PutImage."""
    replace(ecr, "_batch_delete_image", _deleting)
    replace(ecr, "_list_images", _listing)
    replace(ecr, "_put_image", _putting)


def _deleting(original: Handler) -> Handler:
    """An image named by a tag loses the tag; by its digest alone, it goes with all of them.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
    """

    def handle(data: Record) -> Answer:
        name = data.get("repositoryName", "")
        if name not in ecr._repositories:
            return original(data)
        before = _digests(name)
        gone: list[Record] = []
        failures: list[Record] = []
        for wanted in data.get("imageIds", []):
            if wanted.get("imageTag"):
                _untag(name, wanted, gone, failures)
            else:
                body = body_of(original({**data, "imageIds": [wanted]}))
                gone += body["imageIds"]
                failures += body["failures"]
        for digest in before - _digests(name):
            # The registry answers by digest from a store of its own.
            ecr._manifest_blobs.get(name, {}).pop(digest, None)
        return answer({"imageIds": gone, "failures": failures})

    return handle


def _digests(name: str) -> set[str]:
    return {image["imageDigest"] for image in ecr._images.get(name, [])}


def _untag(name: str, wanted: Record, gone: list[Record], failures: list[Record]) -> None:
    tag, digest = wanted["imageTag"], wanted.get("imageDigest")
    image = ecr._find_image(name, {"imageTag": tag})
    if image is None or digest not in {None, image["imageDigest"]}:
        code = "ImageNotFound" if image is None else "ImageTagDoesNotMatchDigest"
        failures.append({"imageId": wanted, "failureCode": code, "failureReason": "Requested image not found"})
        return
    image["imageTags"].remove(tag)
    if image["imageId"].get("imageTag") == tag:
        image["imageId"] = {"imageDigest": image["imageDigest"], **_any_tag(image)}
    if not image["imageTags"]:
        ecr._images[name].remove(image)
    gone.append({"imageDigest": image["imageDigest"], "imageTag": tag})


def _any_tag(image: Record) -> Record:
    return {"imageTag": image["imageTags"][-1]} if image["imageTags"] else {}


def _listing(original: Handler) -> Handler:
    """An image is in the list once for each of its tags.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html
    """

    def handle(data: Record) -> Answer:
        made = original(data)
        if made[0] >= 400:
            return made
        rows: list[Record] = []
        for row in body_of(made)["imageIds"]:
            digest = row["imageDigest"]
            tags = ecr._find_image(data["repositoryName"], {"imageDigest": digest})["imageTags"]
            rows += [{"imageDigest": digest, "imageTag": tag} for tag in tags] or [{"imageDigest": digest}]
        return answer({"imageIds": rows})

    return handle


def _putting(original: Handler) -> Handler:
    """The same manifest under the same tag is an error of its own, and an image has so many tags at most.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
    """

    def handle(data: Record) -> Answer:
        name, tag = data.get("repositoryName", ""), data.get("imageTag")
        digest = data.get("imageDigest") or ecr._image_digest(data.get("imageManifest", ""))
        image: Any = ecr._find_image(name, {"imageDigest": digest}) if name in ecr._repositories else None
        tags = image["imageTags"] if image is not None else []
        if image is not None and (tag is None or tag in tags):
            text = AGAIN.format(digest=digest, tag=tag, name=name)
            return error(Refusal("ImageAlreadyExistsException", text))
        if len(tags) >= MAX_TAGS:
            return error(Refusal("LimitExceededException", f"The image has {MAX_TAGS} tags already."))
        return original(data)

    return handle

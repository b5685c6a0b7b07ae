import gzip
import json
from pathlib import Path

from driver.core.image import packing
from driver.core.values import manifests
from driver.core.values.manifests import Manifest
from model.releases import Source

AMD, ARM, PROOF = ("sha256:" + letter * 64 for letter in "abc")


def manifest(body: object, media_type: str = manifests.OCI_MANIFEST) -> Manifest:
    return Manifest(raw=json.dumps(body).encode(), media_type=media_type)


INDEX = manifest(
    {
        "manifests": [
            {"digest": ARM, "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
            {"digest": AMD, "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": PROOF, "platform": {"os": "unknown", "architecture": "unknown"}},
        ]
    },
    manifests.OCI_INDEX,
)


def test_an_index_names_its_platforms_and_copies_its_attestations_too() -> None:
    assert INDEX.index
    assert INDEX.platforms == {"linux/arm64": ARM, "linux/amd64": AMD}
    assert INDEX.children == (ARM, AMD, PROOF)
    assert INDEX.blobs == ()


def test_an_index_is_known_without_its_media_type() -> None:
    assert manifest({"manifests": []}, "application/json").index


def test_a_layer_that_lies_elsewhere_is_not_needed_in_the_repository() -> None:
    body = {"config": {"digest": AMD}, "layers": [{"digest": ARM}, {"digest": PROOF, "urls": ["https://example.org"]}]}
    assert manifest(body).blobs == (AMD, ARM)


def test_a_blob_that_is_named_twice_is_needed_once() -> None:
    assert manifest({"config": {"digest": AMD}, "layers": [{"digest": ARM}, {"digest": ARM}]}).blobs == (AMD, ARM)


def test_what_is_no_json_object_is_an_empty_manifest() -> None:
    for raw in (b"", b"[]", b"\xff", b"null"):
        assert Manifest(raw=raw, media_type="").body == {}
        assert manifests.config_of(raw) == {}


def test_the_digest_hangs_on_every_byte() -> None:
    assert Manifest(raw=b"{}", media_type="").digest != Manifest(raw=b"{ }", media_type="").digest


def test_the_source_is_read_from_labels() -> None:
    labels = {manifests.REVISION: "abc", manifests.BRANCH: "main", manifests.DIRTY: "true"}
    assert manifests.source_of({"config": {"Labels": labels}}) == Source(commit="abc", branch="main", dirty=True)
    assert manifests.source_of({"config": {"Labels": {manifests.REVISION: "abc"}}}) == Source(commit="abc")


def test_an_image_without_our_labels_has_no_source() -> None:
    for config in ({}, {"config": None}, {"config": {"Labels": None}}, {"config": {"Labels": {"other": "x"}}}):
        assert manifests.source_of(config) is None


def test_a_packed_image_names_its_config_and_layer_by_digest(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    layer = packing.write_layer(tmp_path / "app", {"entrypoint-web.sh": "true\n"}, tmp_path / "layer.tar.gz")
    raw = layer.path.read_bytes()
    assert (layer.digest, layer.size) == (manifests.digest_of(raw), len(raw))
    assert layer.content == manifests.digest_of(gzip.decompress(raw))
    config = packing.image_config(layer, {"a": "b"})
    body = json.loads(config)
    assert (manifests.platform(body), body["rootfs"]["diff_ids"]) == ("linux/amd64", [layer.content])
    assert body["config"] == {"WorkingDir": "/app", "Labels": {"a": "b"}}
    made = packing.image_manifest(layer, config)
    assert made.blobs == (manifests.digest_of(config), layer.digest)


def test_a_work_tree_that_differs_from_its_commit_is_labelled_with_its_content_too() -> None:
    clean = Source(commit="abc", branch="main")
    assert packing.labels(clean, "sha256:c") == {
        manifests.BRANCH: "main",
        manifests.DIRTY: "false",
        manifests.REVISION: "abc",
    }
    assert packing.labels(clean.model_copy(update={"dirty": True}), "sha256:c")[manifests.CONTENT] == "sha256:c"
    assert packing.labels(None, "sha256:c") == {manifests.CONTENT: "sha256:c"}

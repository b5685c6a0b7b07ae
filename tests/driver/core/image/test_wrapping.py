"""Rules of laying scripts over an image: nothing of the image but its manifests and configs is another."""

import gzip
import io
import json
import tarfile
from typing import Any

import pytest

from driver.core.image import wrapping
from driver.core.image.wrapping import SCRIPTS, Wish
from driver.core.values import manifests
from driver.core.values.manifests import Manifest, digest_of
from driver.errors import InvalidInput, NotReady
from model.releases import Source

SCRIPT = {"entrypoint-web.sh": "#!/bin/sh\nexec serve\n"}
LAYER = {"mediaType": manifests.OCI_LAYER, "digest": "sha256:" + "1" * 64, "size": 10}
DONE = Source(commit="c" * 40, branch="main")


def image(platform: str = "linux/amd64", kind: str = manifests.OCI_MANIFEST, **settings: Any) -> tuple[Manifest, bytes]:
    system, architecture = platform.split("/")
    config = json.dumps(
        {
            "os": system,
            "architecture": architecture,
            "created": "2026-01-01T00:00:00Z",
            "config": settings,
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "2" * 64]},
            "history": [{"created_by": "RUN all"}],
            "moby.buildkit.cache.v0": "kept",
        }
    ).encode()
    body = {
        "schemaVersion": 2,
        "mediaType": kind,
        "config": {"mediaType": manifests.OCI_CONFIG, "digest": digest_of(config), "size": len(config)},
        "layers": [LAYER],
        "annotations": {"of.the": "base"},
    }
    return Manifest(raw=json.dumps(body).encode(), media_type=kind), config


def index(*images: tuple[Manifest, bytes], proofs: int = 0, kind: str = manifests.OCI_INDEX) -> Manifest:
    rows = []
    for made, config in images:
        known = json.loads(config)
        row = {"mediaType": made.media_type, "digest": made.digest, "size": len(made.raw)}
        rows.append({**row, "platform": {"os": known["os"], "architecture": known["architecture"]}})
    unknown = {"os": "unknown", "architecture": "unknown"}
    rows += [{"digest": f"sha256:{number:064}", "size": 1, "platform": unknown} for number in range(proofs)]
    return Manifest(
        raw=json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": rows}).encode(), media_type=kind
    )


def wish(**more: Any) -> Wish:
    return Wish(**{"base": "docker.io/library/python:3.12", "scripts": SCRIPT, "source": DONE, **more})


def config_of(piece: wrapping.Piece) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(piece.config)
    return found


def files(raw: bytes) -> dict[str, tuple[str, int]]:
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(raw))) as archive:
        return {
            row.name: (archive.extractfile(row).read().decode(), row.mode)  # type: ignore[union-attr]
            for row in archive.getmembers()
        }


def test_the_layers_of_the_base_come_first_and_unchanged_and_all_else_of_it_stays() -> None:
    base, raw = image(WorkingDir="/srv/app", Entrypoint=["serve"], Env=["A=1"], User="1000")
    piece = wrapping.wrap(base, [(base, raw)], wish()).pieces[0]
    body, config = json.loads(piece.manifest.raw), config_of(piece)
    assert body["layers"][:-1] == [LAYER]
    assert body["layers"][-1] == {
        "mediaType": manifests.OCI_LAYER,
        "digest": piece.layer.digest,
        "size": len(piece.layer.raw),
    }
    assert config["rootfs"]["diff_ids"] == ["sha256:" + "2" * 64, digest_of(gzip.decompress(piece.layer.raw))]
    assert {key: config["config"][key] for key in ("WorkingDir", "Entrypoint", "Env", "User")} == {
        "WorkingDir": "/srv/app",
        "Entrypoint": ["serve"],
        "Env": ["A=1"],
        "User": "1000",
    }
    assert config["moby.buildkit.cache.v0"] == "kept"
    assert body["annotations"]["of.the"] == "base"
    assert body["config"] == {
        "mediaType": manifests.OCI_CONFIG,
        "digest": digest_of(piece.config),
        "size": len(piece.config),
    }
    assert len(config["history"]) == len(config["rootfs"]["diff_ids"])


@pytest.mark.parametrize(
    ("workdir", "name"),
    [("/srv/app", "srv/app/entrypoint-web.sh"), ("", "entrypoint-web.sh"), ("/", "entrypoint-web.sh")],
)
def test_scripts_lie_where_the_image_works_and_no_folder_changes_hands(workdir: str, name: str) -> None:
    base, raw = image(WorkingDir=workdir)
    layer = wrapping.wrap(base, [(base, raw)], wish()).pieces[0].layer
    assert files(layer.raw) == {name: (SCRIPT["entrypoint-web.sh"], 0o755)}


def test_every_architecture_is_wrapped_and_attestations_stay_with_what_they_are_of() -> None:
    arm, amd, windows = image("linux/arm64"), image(), image("windows/amd64")
    base = index(arm, amd, windows, proofs=2)
    digests, left_out = wrapping.chosen(base, wish())
    assert digests == (arm[0].digest, amd[0].digest)
    assert left_out == ("windows/amd64", "2 attestations, which are of the base")
    made = wrapping.wrap(base, [arm, amd], wish(), left_out)
    rows = json.loads(made.manifest.raw)["manifests"]
    assert [row["digest"] for row in rows] == [piece.manifest.digest for piece in made.pieces]
    assert [row["size"] for row in rows] == [len(piece.manifest.raw) for piece in made.pieces]
    assert made.manifest.platforms == dict(
        zip(["linux/arm64", "linux/amd64"], (row["digest"] for row in rows), strict=True)
    )
    assert made.manifest.media_type == manifests.OCI_INDEX


def test_platforms_can_be_chosen_and_what_is_not_there_is_told() -> None:
    base = index(image("linux/arm64"), image())
    assert len(wrapping.chosen(base, wish(platforms=("linux/arm64",)))[0]) == 1
    with pytest.raises(NotReady, match=r"no image for linux/s390x; its platforms: linux/arm64, linux/amd64"):
        wrapping.chosen(base, wish(platforms=("linux/s390x",)))
    with pytest.raises(NotReady, match=r"no image for linux; its platforms: windows/amd64"):
        wrapping.chosen(index(image("windows/amd64")), wish())


def test_an_image_says_of_what_it_was_made() -> None:
    base, raw = image()
    made = wrapping.wrap(base, [(base, raw)], wish())
    labels, annotations = config_of(made.pieces[0])["config"]["Labels"], json.loads(made.manifest.raw)["annotations"]
    assert made.tag == "main-cccccccccccc"
    for said in (labels, annotations):
        assert said[manifests.REVISION] == "c" * 40
        assert said[manifests.VERSION] == "main-cccccccccccc"
    assert annotations[manifests.BASE_NAME] == "docker.io/library/python:3.12"
    assert annotations[manifests.BASE_DIGEST] == base.digest


def test_what_a_public_image_says_of_its_own_source_is_not_said_of_the_app() -> None:
    theirs = {manifests.BRANCH: "ubuntu", manifests.REVISION: "d" * 40, "maintainer": "them"}
    base, raw = image(Labels=theirs)
    made = wrapping.wrap(base, [(base, raw)], wish(source=None))
    config = config_of(made.pieces[0])
    assert manifests.source_of(config) is None
    assert config["config"]["Labels"]["maintainer"] == "them"


def test_what_an_image_of_the_apps_own_says_of_its_source_stays() -> None:
    base, raw = image(Labels={manifests.BRANCH: "topic", manifests.REVISION: "d" * 40})
    made = wrapping.wrap(base, [(base, raw)], wish(own=True, base="v7"))
    assert manifests.source_of(config_of(made.pieces[0])) == Source(branch="topic", commit="d" * 40)
    assert made.tag == "v7-wrapped"


def test_a_second_wrap_puts_its_scripts_in_the_place_of_the_first() -> None:
    base, raw = image()
    once = wrapping.wrap(base, [(base, raw)], wish()).pieces[0]
    again = wrapping.wrap(once.manifest, [(once.manifest, once.config)], wish()).pieces[0]
    assert again.layer == once.layer
    assert [row["digest"] for row in json.loads(again.manifest.raw)["layers"]] == [LAYER["digest"], once.layer.digest]
    assert len(config_of(again)["rootfs"]["diff_ids"]) == len(config_of(again)["history"]) == 2
    assert config_of(again)["config"]["Labels"][SCRIPTS] == once.layer.digest


def test_the_same_is_made_of_the_same_and_another_of_other_scripts() -> None:
    base, raw = image()
    first, second = (wrapping.wrap(base, [(base, raw)], wish()) for _ in range(2))
    assert first.manifest.digest == second.manifest.digest
    other = wrapping.wrap(base, [(base, raw)], wish(scripts={"entrypoint-web.sh": "#!/bin/sh\n"}))
    assert other.manifest.digest != first.manifest.digest


def test_an_image_in_dockers_own_format_stays_one() -> None:
    base, raw = image(kind=manifests.DOCKER_MANIFEST)
    whole = index((base, raw), kind=manifests.DOCKER_INDEX)
    made = wrapping.wrap(whole, [(base, raw)], wish())
    assert json.loads(made.pieces[0].manifest.raw)["layers"][-1]["mediaType"] == manifests.DOCKER_LAYER
    assert made.manifest.media_type == manifests.DOCKER_INDEX
    assert "annotations" not in json.loads(made.manifest.raw)


@pytest.mark.parametrize("tag", ["keep.dev.example.v9", "-x", "a b"])
def test_a_tag_that_can_not_be_is_refused(tag: str) -> None:
    base, raw = image()
    with pytest.raises(InvalidInput, match="can't be the tag"):
        wrapping.wrap(base, [(base, raw)], wish(tag=tag))


def test_what_is_no_image_is_refused() -> None:
    base, raw = image("windows/amd64")
    with pytest.raises(InvalidInput, match="is for windows"):
        wrapping.wrap(base, [(base, raw)], wish())
    with pytest.raises(InvalidInput, match="it names no layers"):
        wrapping.wrap(base, [(base, b"{}")], wish())

"""The command line of each tool that builds."""

from pathlib import Path
from typing import Any

import pytest

from driver.core.image.building import Request, Tool, check, commands
from driver.errors import InvalidInput

BOTH = ("linux/amd64", "linux/arm64")


def request(**more: Any) -> Request:
    plain = {"context": Path(), "local": "l/shop:1", "archive": Path("/t/image.tar"), "platforms": ("linux/arm64",)}
    return Request(**{**plain, **more})


FULL = {
    "file": Path("deploy/Dockerfile"),
    "target": "prod",
    "build_args": ("NODE_ENV=production",),
    "secrets": ("id=npm,env=NPM_TOKEN",),
    "cache_from": ("type=gha",),
    "no_cache": True,
}
COMMON = (
    "--file deploy/Dockerfile --target prod --build-arg NODE_ENV=production --secret id=npm,env=NPM_TOKEN --no-cache"
)
SAVE = "docker save --output /t/image.tar l/shop:1"


@pytest.mark.parametrize(
    ("tool", "more", "lines"),
    [
        (
            Tool.BUILDX,
            FULL,
            [
                f"docker buildx build --platform linux/arm64 --provenance=false --sbom=false {COMMON}"
                " --cache-from type=gha --load --tag l/shop:1 .",
                SAVE,
            ],
        ),
        (
            Tool.BUILDX,
            {"platforms": BOTH},
            [
                "docker buildx build --platform linux/amd64,linux/arm64 --provenance=false --sbom=false"
                " --output type=oci,dest=/t/image.tar ."
            ],
        ),
        (Tool.LEGACY, {"target": "prod"}, ["docker build --target prod --tag l/shop:1 .", SAVE]),
        (
            Tool.PODMAN,
            FULL,
            [
                f"podman build --format oci --platform linux/arm64 {COMMON} --cache-from type=gha --tag l/shop:1 .",
                "podman save --format oci-archive --output /t/image.tar l/shop:1",
            ],
        ),
        (
            Tool.PODMAN,
            {"platforms": BOTH},
            [
                "podman build --format oci --platform linux/amd64,linux/arm64 --manifest l/shop:1 .",
                "podman manifest push --all l/shop:1 oci-archive:/t/image.tar",
            ],
        ),
        (Tool.NERDCTL, {}, ["nerdctl build --platform linux/arm64 --output type=oci,dest=/t/image.tar ."]),
        (Tool.FINCH, {}, ["finch build --platform linux/arm64 --output type=oci,dest=/t/image.tar ."]),
        (
            Tool.PACK,
            {"build_args": ("NODE_ENV=production",), "no_cache": True},
            [
                "pack build l/shop:1 --path . --builder heroku/builder:24 --trust-builder --platform linux/arm64"
                " --env NODE_ENV=production --clear-cache",
                SAVE,
            ],
        ),
    ],
)
def test_a_tool_is_told_all_that_was_asked_for(tool: Tool, more: dict[str, Any], lines: list[str]) -> None:
    assert [" ".join(argv) for argv in commands(tool, request(**more))] == lines


@pytest.mark.parametrize(
    ("tool", "more", "said"),
    [
        (Tool.LEGACY, {"secrets": ("id=a,env=A",)}, "no buildx, without which there is no --secret"),
        (Tool.LEGACY, {"platforms": BOTH}, "there is no second platform"),
        (Tool.PACK, {"secrets": ("id=a,env=A",)}, "buildpacks take no --secret"),
        (Tool.PACK, {"platforms": BOTH}, "buildpacks take no second platform"),
    ],
)
def test_what_a_tool_can_not_is_refused(tool: Tool, more: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        commands(tool, request(**more))


@pytest.mark.parametrize("name", ["NPM_TOKEN", "github_token", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "APIKEY"])
def test_a_secret_is_no_build_argument_and_its_value_is_not_repeated(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check(request(build_args=(f"{name}=sentinel-4711",)))
    assert "--secret id=" in caught.value.hint
    assert "sentinel" not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize("given", ["npm", "id=npm", "env=A", "sentinel-4711"])
def test_a_secret_says_where_its_value_is(given: str) -> None:
    with pytest.raises(InvalidInput, match="where its value is"):
        check(request(secrets=(given,)))

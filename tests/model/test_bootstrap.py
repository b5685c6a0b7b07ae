"""Rules of the image that runs before the first release."""

import re

import pytest
from pydantic import ValidationError

from model.settings.environment import Bootstrap

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("source", "tag"),
    [
        ("docker.io/hashicorp/http-echo:1.0", "http-echo-1.0"),
        (f"docker.io/hashicorp/http-echo@{DIGEST}", "http-echo-0123456789ab"),
        (f"hashicorp/http-echo:1.0@{DIGEST}", "http-echo-1.0-0123456789ab"),
        ("localhost:5000/echo", "echo"),
        ("nginx", "nginx"),
    ],
)
def test_its_copy_has_a_tag_that_a_registry_takes(source: str, tag: str) -> None:
    assert Bootstrap(source=source).tag == tag


def test_a_tag_is_never_too_long() -> None:
    found = Bootstrap(source=f"docker.io/{'a' * 200}:{'b' * 100}@{DIGEST}").tag
    assert re.fullmatch(r"\w[\w.-]{0,127}", found)


@pytest.mark.parametrize(
    "source", ["", "docker.io/a@sha256:short", "docker.io/a:", "a b", "docker.io/A", f"a@{DIGEST.upper()}", "a:b:c"]
)
def test_what_is_no_image_is_refused(source: str) -> None:
    with pytest.raises(ValidationError):
        Bootstrap(source=source)

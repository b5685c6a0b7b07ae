"""Logins are found where `docker login` leaves them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from driver.adapters.oci.docker_login import login
from driver.errors import InvalidInput

PAIR = base64.b64encode(b"me:sentinel-4711").decode()


def found(folder: Path, host: str, **config: Any) -> str:
    (folder / "config.json").write_text(json.dumps(config))
    return login(host, {"DOCKER_CONFIG": str(folder)})


def test_a_login_is_its_registrys_alone(tmp_path: Path) -> None:
    auths = {"https://index.docker.io/v1/": {"auth": PAIR}, "ghcr.io": {"auth": "b3RoZXI6b25l"}, "quay.io": {}}
    assert found(tmp_path, "registry-1.docker.io", auths=auths) == f"Basic {PAIR}"
    assert found(tmp_path, "ghcr.io", auths=auths) == "Basic b3RoZXI6b25l"
    assert found(tmp_path, "quay.io", auths=auths) == ""
    assert found(tmp_path, "evil.ghcr.io", auths=auths) == ""
    assert login("ghcr.io", {"DOCKER_CONFIG": str(tmp_path / "none")}) == ""


def test_a_credential_helper_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "docker-credential-box"
    helper.write_text('#!/bin/sh\nread host\n[ "$host" = ghcr.io ] || exit 1\n')
    with helper.open("a") as file:
        file.write("""echo '{"Username": "me", "Secret": "sentinel-4711"}'\n""")
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found(tmp_path, "ghcr.io", credHelpers={"ghcr.io": "box"}) == f"Basic {PAIR}"
    assert found(tmp_path, "ghcr.io", credsStore="box", auths={"ghcr.io": {}}) == f"Basic {PAIR}"
    assert found(tmp_path, "quay.io", credHelpers={"quay.io": "box"}) == ""
    assert found(tmp_path, "quay.io", credHelpers={"quay.io": "none"}) == ""


@pytest.mark.parametrize("text", ["", "[]", "{", '{"auths": {"ghcr.io": {"auth": "no base64!"}}}'])
def test_a_file_that_is_no_config_is_told_without_what_is_in_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InvalidInput, match="can't be read as Docker's") as caught:
        login("ghcr.io", {"DOCKER_CONFIG": str(tmp_path)})
    assert "no base64" not in str(caught.value)

"""This machine's plugins: on PATH, in the engine's home, or in another version there."""

from pathlib import Path

import pytest

from driver.adapters import machine
from driver.adapters.machine import ThisMachine


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(machine, "version", lambda package: {"pulumi-aws": "7.51.1", "pulumi-awsx": "3.11.0"}[package])
    return tmp_path


def laid(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    (folder / name).chmod(0o755)


def test_a_plugin_is_here_in_its_very_version_only(home: Path) -> None:
    laid(home / "plugins/resource-aws-v7.51.1", "pulumi-resource-aws", b"x" * 30)
    laid(home / "plugins/resource-awsx-v3.9.0", "pulumi-resource-awsx", b"x")
    aws, awsx = ThisMachine().plugins()
    assert (aws.version, aws.place.rsplit("/", 1)[-1], aws.size) == ("7.51.1", "resource-aws-v7.51.1", 30)
    assert (awsx.version, awsx.place, awsx.others) == ("3.11.0", "", ("3.9.0",))


def test_a_plugin_on_path_goes_before_all(home: Path) -> None:
    laid(home / "bin", "pulumi-resource-aws", b"#!/bin/sh")
    assert ThisMachine().plugins()[0].place == str(home / "bin/pulumi-resource-aws")

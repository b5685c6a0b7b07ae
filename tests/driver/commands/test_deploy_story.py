"""What a deploy says of what it is about to release."""

from types import SimpleNamespace
from typing import Any

import pytest

from driver.commands import deploy
from model.releases import Source


def plan(source: Source | None) -> Any:
    return SimpleNamespace(
        image=SimpleNamespace(source=source, digest=f"sha256:{'a' * 64}"),
        names=SimpleNamespace(app="shop", env="dev"),
        number=7,
        config=SimpleNamespace(version=1, values={}),
        overwritten=(),
    )


def test_both_commits_of_a_merged_pull_request_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    deploy._story(plan(Source(branch="topic", commit="a" * 40, target="main", tip="b" * 40, dirty=True)))
    told = capsys.readouterr().err
    assert "source: topic at bbbbbbbbbb merged into main: aaaaaaaaaa, with uncommitted changes" in told
    assert "who builds topic itself, as Heroku does, gets bbbbbbbbbb, not this" in told


def test_a_branch_is_one_line_and_an_image_without_a_source_none(capsys: pytest.CaptureFixture[str]) -> None:
    deploy._story(plan(Source(branch="main", commit="a" * 40)))
    deploy._story(plan(None))
    assert capsys.readouterr().err.count("source:") == 1

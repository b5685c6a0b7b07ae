"""Which branch a checkout is of, and whether it is that branch merged into another."""

from dataclasses import replace
from typing import Any

import pytest

from driver.core.image.build_system import Build
from driver.core.image.checkout import Facts, source_of

HEAD, TIP, BASE = "a" * 40, "b" * 40, "c" * 40


def facts(**more: Any) -> Facts:
    return Facts(**{"head": HEAD, **more})


def build(**more: Any) -> Build:
    return Build(**{"system": "x", "branch": "topic", "target": "main", **more})


MERGE = facts(parents=(BASE, TIP))
OTHER_WAY = facts(parents=(TIP, BASE))


@pytest.mark.parametrize(
    ("found", "told", "tip"),
    [
        pytest.param(MERGE, build(commit=HEAD, merges=True), TIP, id="GitHub: the merge is what it builds"),
        pytest.param(MERGE, build(commit=HEAD, tip=TIP), TIP, id="GitLab: a merged result"),
        pytest.param(OTHER_WAY, build(commit=TIP), TIP, id="Buildkite, Bitbucket: the branch's commit is told"),
        pytest.param(
            replace(OTHER_WAY, remote="https://bitbucket.org/a/b"),
            build(commit=TIP[:12], repository="a/b", target_commit=BASE[:12]),
            TIP,
            id="Bitbucket: short commits",
        ),
        pytest.param(
            facts(parents=(TIP, BASE), remotes={"topic": TIP}), build(commit=HEAD), TIP, id="Jenkins: the branch's ref"
        ),
        pytest.param(MERGE, build(commit=HEAD), None, id="the author has merged main into the branch"),
        pytest.param(
            facts(parents=(TIP, BASE), remotes={"topic": HEAD, "main": BASE}),
            build(commit=HEAD, merges=True),
            None,
            id="the branch ends in a merge of its author's",
        ),
        pytest.param(facts(parents=(BASE,)), build(commit=HEAD, merges=True), None, id="one parent"),
        pytest.param(MERGE, None, None, id="no build: main after a merge"),
        pytest.param(MERGE, build(target="", commit=HEAD), None, id="no pull request"),
    ],
)
def test_a_merge_is_of_the_build_system_only_where_that_says_so(found: Facts, told: Build | None, tip: str) -> None:
    assert source_of(found, told).tip == tip


def test_the_branch_of_a_bare_commit_is_the_builds_or_the_only_one_that_ends_there() -> None:
    assert source_of(facts(), build(commit=HEAD)).branch == "topic"
    assert source_of(facts(remotes={"a": HEAD, "b": TIP}), None).branch == "a"
    assert source_of(facts(remotes={"a": HEAD, "b": HEAD}), None).branch is None


def test_a_build_does_not_speak_for_a_folder_of_another_repository() -> None:
    told = build(commit=TIP, repository="acme/shop")
    found = source_of(facts(branch="trunk", remote="https://github.com/acme/docs"), told)
    assert (found.branch, found.target) == ("trunk", None)


def test_a_build_does_not_speak_for_another_branch_that_is_checked_out_by_hand() -> None:
    assert source_of(facts(branch="trunk"), build(commit=TIP)).branch == "trunk"


def test_a_build_speaks_for_its_branch_that_is_checked_out_instead_of_the_merge() -> None:
    told = build(commit=TIP, merges=True, repository="acme/shop")
    found = source_of(facts(remote="https://github.com/acme/shop"), told)
    assert (found.branch, found.target, found.tip) == ("topic", "main", None)
    assert source_of(facts(), told).branch is None, "which repository it is of is not known"


def test_on_a_pull_request_that_builds_its_target_the_target_is_what_it_is() -> None:
    told = build(target_commit=HEAD)
    assert source_of(facts(branch="main"), told).branch == "main"
    assert source_of(facts(head=TIP), told).branch == "topic"


def test_a_branch_goes_into_the_default_one() -> None:
    assert source_of(facts(branch="topic", default="main"), None).target == "main"
    assert source_of(facts(branch="main", default="main"), None).target is None

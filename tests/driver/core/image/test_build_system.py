"""What each CI system's own variables say of a build."""

import pytest

from driver.core.image.build_system import Build, read

SHA, TIP, BASE = "a" * 40, "b" * 40, "c" * 40

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SHA": SHA,
    "GITHUB_RUN_NUMBER": "7",
    "GITHUB_RUN_ID": "99",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "acme/shop",
}
PULL = {**GITHUB, "GITHUB_REF_NAME": "12/merge", "GITHUB_HEAD_REF": "topic", "GITHUB_BASE_REF": "main"}
GITLAB = {"GITLAB_CI": "true", "CI_COMMIT_SHA": SHA, "CI_PIPELINE_IID": "7", "CI_PROJECT_PATH": "acme/shop"}
JENKINS = {"JENKINS_URL": "https://ci.example.org/", "BUILD_NUMBER": "7", "GIT_COMMIT": SHA}
BITBUCKET = {"BITBUCKET_BUILD_NUMBER": "7", "BITBUCKET_BRANCH": "topic", "BITBUCKET_COMMIT": SHA}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({**GITHUB, "GITHUB_REF_NAME": "topic", "GITHUB_EVENT_NAME": "push"}, ("topic", "", SHA, False)),
        ({**PULL, "GITHUB_EVENT_NAME": "pull_request"}, ("topic", "main", SHA, True)),
        ({**PULL, "GITHUB_EVENT_NAME": "pull_request_target"}, ("topic", "main", "", False)),
        ({**GITLAB, "CI_COMMIT_REF_NAME": "topic"}, ("topic", "", SHA, False)),
        (
            {
                **GITLAB,
                "CI_COMMIT_REF_NAME": "refs/merge-requests/1/merge",
                "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic",
                "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            },
            ("topic", "main", SHA, False),
        ),
        ({**JENKINS, "GIT_BRANCH": "origin/feature/x"}, ("feature/x", "", SHA, False)),
        (
            {**JENKINS, "BRANCH_NAME": "PR-12", "CHANGE_BRANCH": "topic", "CHANGE_TARGET": "main"},
            ("topic", "main", SHA, False),
        ),
        (
            {"CIRCLECI": "true", "CIRCLE_BRANCH": "topic", "CIRCLE_SHA1": SHA, "CIRCLE_BUILD_NUM": "7"},
            ("topic", "", SHA, False),
        ),
        (
            {"CIRCLECI": "true", "CIRCLE_TAG": "v1", "CIRCLE_SHA1": SHA, "CIRCLE_BUILD_NUM": "7"},
            ("v1", "", SHA, False),
        ),
        (
            {
                "BUILDKITE": "true",
                "BUILDKITE_BRANCH": "topic",
                "BUILDKITE_COMMIT": "HEAD",
                "BUILDKITE_BUILD_NUMBER": "7",
                "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main",
            },
            ("topic", "main", "", False),
        ),
        ({**BITBUCKET, "BITBUCKET_PR_DESTINATION_BRANCH": "main"}, ("topic", "main", SHA, False)),
    ],
)
def test_branch_target_and_commit_are_read(variables: dict[str, str], said: tuple[str, str, str, bool]) -> None:
    build = read(variables)
    assert build is not None
    assert (build.branch, build.target, build.commit, build.merges) == said
    assert build.number == "7"


def test_a_shell_of_nobodys_is_no_build() -> None:
    assert read({"HOME": "/home/me", "GITHUB_ACTIONS": "", "CIRCLECI": "false"}) is None


def test_a_build_is_told_by_its_address() -> None:
    build = read({**GITHUB, "GITHUB_REF_NAME": "topic"})
    assert build is not None
    assert build.url == "https://github.com/acme/shop/actions/runs/99"


@pytest.mark.parametrize(
    ("repository", "remote", "same"),
    [
        ("acme/shop", "https://github.com/acme/shop.git", True),
        ("acme/shop", "ssh://github.com/Acme/Shop", True),
        ("https://git.example.org/acme/shop.git", "git@git.example.org:acme/shop.git", True),
        ("acme/shop", "https://github.com/acme/shop-docs", False),
        ("acme/shop", "https://github.com/other/shop", False),
        ("acme/shop", "", None),
        ("", "https://github.com/acme/shop", None),
    ],
)
def test_a_folder_of_another_repository_is_told_apart(repository: str, remote: str, same: bool | None) -> None:
    assert Build(system="x", repository=repository).is_of(remote) is same

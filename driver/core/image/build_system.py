"""What a CI system says of the build that runs: which branch, into which other, at which commit.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
https://docs.gitlab.com/ci/variables/predefined_variables/
https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables
https://plugins.jenkins.io/github-branch-source/
https://circleci.com/docs/reference/variables/
https://buildkite.com/docs/pipelines/configure/environment-variables
https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

Variables = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Build:
    """One build of a CI system; what it does not say is empty.

    `commit` is what it was asked to build. `tip` is the last commit of the branch itself, where it says so; `target`
    the branch that a pull request goes into, at `target_commit`. `merges` is whether `commit` is one that the system
    made by merging the two. `repository` is a URL or its end, by which a folder of another repository is told apart.
    """

    system: str
    branch: str = ""
    commit: str = ""
    target: str = ""
    tip: str = ""
    target_commit: str = ""
    merge_base: str = ""
    merges: bool = False
    number: str = ""
    url: str = ""
    repository: str = ""

    def is_of(self, remote: str) -> bool | None:
        """Whether a folder whose origin is `remote` is what the build is of; None where either is not known."""
        own, other = _words(self.repository), _words(remote)
        length = min(len(own), len(other), 2)
        return own[-length:] == other[-length:] if length else None


def read(variables: Variables) -> Build | None:
    """The build that runs; None where no CI system that is known says so."""
    for mark, system in _SYSTEMS.items():
        if variables.get(mark, "").lower() not in {"", "false"}:
            return system(variables)
    return None


def _github(told: Variables) -> Build:
    event = told.get("GITHUB_EVENT_NAME", "")
    build = Build(
        system="GitHub",
        branch=told.get("GITHUB_HEAD_REF") or told.get("GITHUB_REF_NAME", ""),
        commit=told.get("GITHUB_SHA", ""),
        target=told.get("GITHUB_BASE_REF", ""),
        merges=event == "pull_request",
        number=told.get("GITHUB_RUN_NUMBER", ""),
        url=_joined(
            told.get("GITHUB_SERVER_URL"), told.get("GITHUB_REPOSITORY"), "actions/runs", told.get("GITHUB_RUN_ID")
        ),
        repository=told.get("GITHUB_REPOSITORY", ""),
    )
    # There GITHUB_SHA is of the target, and whoever wants the branch checks it out by hand.
    return build if event != "pull_request_target" else replace(build, commit="", target_commit=build.commit)


def _gitlab(told: Variables) -> Build:
    return Build(
        system="GitLab",
        branch=told.get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") or told.get("CI_COMMIT_REF_NAME", ""),
        commit=told.get("CI_COMMIT_SHA", ""),
        target=told.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", ""),
        # Set where the build is of a merged result alone.
        tip=told.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
        target_commit=told.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", ""),
        merge_base=told.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", ""),
        number=told.get("CI_PIPELINE_IID", ""),
        url=told.get("CI_PIPELINE_URL", ""),
        repository=told.get("CI_PROJECT_PATH", ""),
    )


def _jenkins(told: Variables) -> Build:
    plain = told.get("GIT_LOCAL_BRANCH") or re.sub(r"^origin/", "", told.get("GIT_BRANCH", ""))
    return Build(
        system="Jenkins",
        branch=told.get("CHANGE_BRANCH") or told.get("BRANCH_NAME") or plain,
        commit=told.get("GIT_COMMIT", ""),
        target=told.get("CHANGE_TARGET", ""),
        number=told.get("BUILD_NUMBER", ""),
        url=told.get("BUILD_URL", ""),
        repository=told.get("GIT_URL", ""),
    )


def _circleci(told: Variables) -> Build:
    return Build(
        system="CircleCI",
        branch=told.get("CIRCLE_BRANCH") or told.get("CIRCLE_TAG", ""),
        commit=told.get("CIRCLE_SHA1", ""),
        number=told.get("CIRCLE_BUILD_NUM", ""),
        url=told.get("CIRCLE_BUILD_URL", ""),
        repository=told.get("CIRCLE_REPOSITORY_URL", ""),
    )


def _buildkite(told: Variables) -> Build:
    commit = told.get("BUILDKITE_COMMIT", "")
    return Build(
        system="Buildkite",
        branch=told.get("BUILDKITE_TAG") or told.get("BUILDKITE_BRANCH", ""),
        # A build that was started by hand has the word HEAD there.
        commit=commit if re.fullmatch(r"[0-9a-f]{7,64}", commit) else "",
        target=told.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH", ""),
        number=told.get("BUILDKITE_BUILD_NUMBER", ""),
        url=told.get("BUILDKITE_BUILD_URL", ""),
        repository=told.get("BUILDKITE_REPO", ""),
    )


def _bitbucket(told: Variables) -> Build:
    return Build(
        system="Bitbucket",
        branch=told.get("BITBUCKET_BRANCH") or told.get("BITBUCKET_TAG", ""),
        commit=told.get("BITBUCKET_COMMIT", ""),
        target=told.get("BITBUCKET_PR_DESTINATION_BRANCH", ""),
        target_commit=told.get("BITBUCKET_PR_DESTINATION_COMMIT", ""),
        number=told.get("BITBUCKET_BUILD_NUMBER", ""),
        url=_joined(told.get("BITBUCKET_GIT_HTTP_ORIGIN"), "pipelines/results", told.get("BITBUCKET_BUILD_NUMBER")),
        repository=told.get("BITBUCKET_REPO_FULL_NAME", ""),
    )


# By the variable that each sets for its builds. Some agents run on a machine of Jenkins', so that one comes last.
_SYSTEMS: Mapping[str, Callable[[Variables], Build]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
    "CIRCLECI": _circleci,
    "BUILDKITE": _buildkite,
    "BITBUCKET_BUILD_NUMBER": _bitbucket,
    "JENKINS_URL": _jenkins,
}


def _joined(*parts: str | None) -> str:
    """A URL of its parts, empty where one of them is not known."""
    return "/".join(part for part in parts if part) if all(parts) else ""


def _words(url: str) -> list[str]:
    """The parts of a repository's path; its host is the first of a URL's."""
    plain = re.sub(r"^[a-z+]+://|^[^@/]+@", "", url.strip().lower()).removesuffix("/").removesuffix(".git")
    return [part for part in re.split(r"[/:]", plain) if part]

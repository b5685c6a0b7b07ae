"""Rules of the image repositories: what ECR expires and who may pull, held against ECR's own rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.releases import DEPTH
from model.settings import registry
from model.settings.registry import Expiry, Readers, Registry
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked


@dataclass(frozen=True)
class Image:
    tags: tuple[str, ...]
    age: int


def expired(policy: dict[str, Any], images: Sequence[Image]) -> set[Image]:
    """What ECR's documentation says of a policy: an image that fits a rule is out of reach for every later one."""
    gone: set[Image] = set()
    taken: set[Image] = set()
    for rule in sorted(policy["rules"], key=lambda row: row["rulePriority"]):
        fitting = [image for image in images if fits(rule["selection"], image)]
        if rule["selection"]["countType"] == "imageCountMoreThan":
            by_age = sorted(fitting, key=lambda image: image.age)
            marked = by_age[rule["selection"]["countNumber"] :]
        else:
            marked = [image for image in fitting if image.age > rule["selection"]["countNumber"]]
        gone |= set(marked) - taken
        taken |= set(fitting)
    return gone


def fits(selection: dict[str, Any], image: Image) -> bool:
    if selection["tagStatus"] == "untagged":
        return not image.tags
    return all(any(fnmatchcase(tag, pattern) for tag in image.tags) for pattern in selection["tagPatternList"])


def policy(**settings: Any) -> dict[str, Any]:
    return registry.lifecycle(Registry(**settings))


TAGS = st.sampled_from(["master-1", "main-2", "branch-3", "v4", "keep.dev.api.v5", "keep.prod.api-x.v6"])
IMAGES = st.lists(
    st.builds(Image, st.lists(TAGS, max_size=3, unique=True).map(tuple), st.integers(0, 4000)), max_size=40
)


@given(images=IMAGES, count=st.integers(DEPTH, 30), days=st.integers(1, 60))
def test_what_is_marked_as_kept_is_never_expired(images: list[Image], count: int, days: int) -> None:
    gone = expired(policy(mainline_count=count, branches=(Expiry(tags="*", days=days),)), images)
    assert [image for image in gone if any(tag.startswith("keep.") for tag in image.tags)] == []


@given(images=IMAGES, count=st.integers(DEPTH, 30))
def test_the_newest_mainline_images_stay_however_old_they_are(images: list[Image], count: int) -> None:
    mainline = [Image((f"master-{number}",), 1000 + number) for number in range(count)]
    younger = [image for image in images if not any(tag.startswith("master-") for tag in image.tags)]
    assert expired(policy(mainline_count=count), [*mainline, *younger]) & set(mainline) == set()


def test_old_branch_images_and_surplus_mainline_images_go() -> None:
    old, young = Image(("fix-7-abc",), 31), Image(("fix-8-abc",), 29)
    mainline = [Image((f"main-{number}",), number) for number in range(DEPTH + 1)]
    bare = Image((), 8)
    assert expired(policy(mainline_count=DEPTH), [old, young, bare, *mainline]) == {old, bare, mainline[-1]}


def test_branches_can_go_by_age_and_by_count() -> None:
    rules = (Expiry(tags="pr-*", days=3), Expiry(tags="*", count=4))
    pulls = [Image((f"pr-{age}",), age) for age in (1, 9)]
    others = [Image((f"fix-{age}",), age) for age in (100, 200, 300)]
    # ECR counts an image for a later rule even when an earlier one has it.
    assert expired(policy(branches=rules), [*pulls, *others]) == {pulls[1], others[2]}


def test_ecr_takes_every_policy_of_ours() -> None:
    rules = policy()["rules"]
    assert [rule["rulePriority"] for rule in rules] == list(range(1, len(rules) + 1))
    assert [rule["selection"].get("tagPatternList") for rule in rules] == [
        ["keep.*"],
        ["master-*"],
        ["main-*"],
        ["*"],
        None,
    ]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"mainline_count": DEPTH - 1}, "registry/mainline_count", f"use {DEPTH} or more"),
    ({"mainline_count": 10000}, "registry/mainline_count", "10000"),
    ({"branches": [{"tags": "*"}]}, "registry/branches/0", "give one of them"),
    ({"branches": [{"tags": "*", "days": 3, "count": 3}]}, "registry/branches/0", "give one of them"),
    ({"branches": [{"tags": "keep.*", "days": 3}]}, "registry/branches/0/tags", "use another pattern"),
    ({"branches": [{"tags": "a*b*c*d*e*", "days": 3}]}, "registry/branches/0/tags", "more than the 4 wildcards"),
    ({"branches": [{"tags": "a b", "days": 3}]}, "registry/branches/0/tags", "is no pattern of tags; use letters"),
    ({"branches": [{"tags": "x-*", "days": 3}, {"tags": "x-*", "count": 3}]}, "registry", "drop one of them"),
    ({"branches": [{"tags": "*", "days": 3}, {"tags": "x-*", "days": 3}]}, "registry", "put * last"),
    ({"untagged_days": 0}, "registry/untagged_days", "0"),
    ({"account": "12"}, "registry/account", "is no AWS account; write its 12 digits"),
    ({"account": 123456789012}, "registry/account", 'write it in quotes: "123456789012"'),
    ({"key": "alias/images"}, "registry/key", "is no ARN of a KMS key; copy it"),
    ({"readers": {"accounts": ["root"]}}, "registry/readers/accounts/0", "is no AWS account"),
    ({"readers": {"organization": "mine"}}, "registry/readers/organization", "is no id of an organization; copy it"),
]


@pytest.mark.parametrize(("change", "path", "what_would_do"), BAD)
def test_a_bad_setting_of_the_registry_is_named(change: dict[str, Any], path: str, what_would_do: str) -> None:
    with refusing() as refused:
        checked({"registry": change})
    refused.says(path, what_would_do)


def test_nobody_outside_may_pull_unless_named() -> None:
    assert registry.repository_policy(Readers()) is None


def test_other_accounts_may_pull_and_mark_but_delete_nothing() -> None:
    found: Any = registry.repository_policy(Readers(accounts=("111111111111",), organization="o-abcdefghij"))
    accounts, organization = found["Statement"]
    assert accounts["Principal"] == {"AWS": ["arn:aws:iam::111111111111:root"]}
    assert organization["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    assert "ecr:PutImage" in accounts["Action"]
    assert "ecr:PutImage" not in organization["Action"]
    actions = {*accounts["Action"], *organization["Action"]}
    assert {"ecr:BatchGetImage", "ecr:DescribeImages"} <= actions
    assert [one for one in actions if "Delete" in one or "*" in one or "Set" in one] == []

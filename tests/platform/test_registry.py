import json
from typing import Any

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def repositories(whole: Whole) -> dict[str, Any]:
    rows = whole.aws("ecr").describe_repositories()["repositories"]
    return {row["repositoryName"]: row for row in rows}


def test_tags_are_immutable_and_images_are_scanned_and_encrypted_with_the_key_of_the_settings(whole: Whole) -> None:
    found = repositories(whole)
    assert {"shop", "till", "slipway/bootstrap"} <= set(found)
    for row in found.values():
        assert row["imageTagMutability"] == "IMMUTABLE"
        assert row["imageScanningConfiguration"]["scanOnPush"] is True
        assert row["encryptionConfiguration"]["encryptionType"] == "KMS"
        assert row["encryptionConfiguration"]["kmsKey"].endswith("555555555555")


def test_what_is_kept_comes_first_among_the_rules_of_expiry(whole: Whole) -> None:
    text = whole.aws("ecr").get_lifecycle_policy(repositoryName="shop")["lifecyclePolicyText"]
    first, *others = json.loads(text)["rules"]
    assert (first["rulePriority"], first["selection"]["tagPatternList"]) == (1, ["keep.*"])
    assert [rule["selection"].get("tagPatternList") for rule in others] == [["master-*"], ["main-*"], ["*"], None]


def test_the_accounts_of_the_settings_may_pull(whole: Whole) -> None:
    for name in ("shop", "slipway/bootstrap"):
        policy = json.loads(whole.aws("ecr").get_repository_policy(repositoryName=name)["policyText"])
        assert [row["Sid"] for row in policy["Statement"]] == ["Accounts", "Organization"]


def test_no_destroy_reaches_a_repository(whole: Whole) -> None:
    found = whole.of_type("aws:ecr/repository:Repository")
    assert {name: row.get("protect") for name, row in found.items()} == dict.fromkeys(repositories(whole), True)

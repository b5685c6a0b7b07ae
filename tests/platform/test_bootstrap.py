import json

import pytest

from tests.platform.conftest import Whole

pytestmark = pytest.mark.engine


def test_bootstrap_run_again_finds_nothing_to_do(whole: Whole) -> None:
    told = json.loads(whole.well("bootstrap", "--bucket", whole.bucket, "--github", "--dry-run", "--json"))
    assert [row for row in told["parts"] if row["lacked"]] == []
    assert told["secretsprovider"] == "awskms://alias/slipway-secrets?region=eu-west-1"
    assert told["exports"]["PULUMI_BACKEND_URL"].startswith(f"s3://{whole.bucket}?region=eu-west-1&endpoint=127.0.0.1:")


def test_the_state_can_be_got_back_and_is_nobody_elses(whole: Whole) -> None:
    s3, bucket = whole.aws("s3"), whole.bucket
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90


def test_doctor_finds_nothing_in_the_way_of_what_is_up(whole: Whole) -> None:
    signs = {row["name"]: row for row in json.loads(whole.well("doctor", "dev", "--json"))}
    assert {row["level"] for name, row in signs.items() if name != "session-manager-plugin"} == {"ok"}
    assert "account 000000000000" in signs["credentials"]["found"]


def test_doctor_says_what_is_in_the_way_and_ends_so(whole: Whole) -> None:
    before = whole.environment.pop("VAULT_ADDR")
    try:
        done = whole.slipway("doctor", "dev")
    finally:
        whole.environment["VAULT_ADDR"] = before
    assert done.returncode == 4
    assert "VAULT_ADDR is not set" in done.stdout
    assert "dev is not ready: vault" in done.stderr

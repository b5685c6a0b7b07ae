"""Rules of what an account has once, against the sandbox's AWS."""

import json

import pytest

from driver.adapters.aws.bootstrap import AwsGround
from driver.adapters.aws.session import Session
from driver.adapters.aws.state_bucket import TLS
from driver.core.account import bootstrap
from driver.core.account.bootstrap import IdentityProvider, SecretsKey, StateBucket

pytestmark = pytest.mark.sandbox

BUCKET = StateBucket("slipway-state-of-a-test")


def test_all_is_made_once_and_nothing_is_left_to_do(session: Session) -> None:
    account = AwsGround(session)
    parts = bootstrap.parts("000000000000", "eu-west-1", bootstrap.issuers(github=True, gitlab="https://git.acme.io"))
    first = bootstrap.mend(account, bootstrap.survey(account, parts), lambda _line: None)
    assert any(row.mended for row in first)
    again = bootstrap.survey(account, parts)
    assert [str(row.part) for row in again if row.lacked] == []
    key = account.key_arn("alias/slipway-secrets")
    assert key is not None
    assert ":key/" in key


def test_a_bucket_of_somebody_else_is_put_right_and_keeps_its_own_policy(session: Session) -> None:
    account, s3 = AwsGround(session), session.client("s3")
    place = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=BUCKET.name, CreateBucketConfiguration=place)
    own = {
        "Sid": "own", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{BUCKET.name}/kept",
    }  # fmt: skip
    s3.put_bucket_policy(Bucket=BUCKET.name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [own]}))
    assert "it keeps no versions" in account.lacks(BUCKET)
    account.mend(BUCKET)
    assert account.lacks(BUCKET) == []
    policy = json.loads(s3.get_bucket_policy(Bucket=BUCKET.name)["Policy"])
    assert [row["Sid"] for row in policy["Statement"]] == ["own", TLS]


def test_a_key_that_is_about_to_go_is_taken_back(session: Session) -> None:
    account, kms = AwsGround(session), session.client("kms")
    part = SecretsKey("alias/slipway-of-a-test")
    account.mend(part)
    arn = account.key_arn(part.alias)
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    assert account.lacks(part) == ["it is PendingDeletion"]
    account.mend(part)
    assert account.lacks(part) == []
    assert account.key_arn(part.alias) == arn


def test_a_provider_learns_the_audience_that_it_lacks(session: Session) -> None:
    account = AwsGround(session)
    iam = session.client("iam")
    iam.create_open_id_connect_provider(Url="https://other.acme.io", ClientIDList=["somebody"])
    part = IdentityProvider("https://other.acme.io", "https://other.acme.io")
    assert account.lacks(part) == ["it does not know the audience https://other.acme.io"]
    account.mend(part)
    assert account.lacks(part) == []

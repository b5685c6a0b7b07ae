"""Rules of grants: exact ARNs, known accesses, and a policy that allows just that."""

import string
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.iam import roles_and_logs
from model.settings.grants import SERVICES, Grants, S3Grant
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked

QUEUE = "arn:aws:sqs:eu-west-1:000000000000:jobs"


def granted(**services: Any) -> list[dict[str, Any]]:
    document: Any = roles_and_logs.task(Grants.model_validate(services))
    return list(document["Statement"])


def test_an_app_without_grants_may_do_nothing() -> None:
    assert roles_and_logs.task(Grants()) is None


def test_a_grant_is_one_thing_and_its_actions() -> None:
    (only,) = granted(sqs=[{"arn": QUEUE, "access": ["send"]}])
    assert only["Resource"] == [QUEUE]
    assert only["Action"] == ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"]


def test_a_bucket_is_granted_below_a_folder_and_listed_only_when_asked() -> None:
    bucket = "arn:aws:s3:::shop-uploads"
    objects, listing = granted(s3=[{"arn": bucket, "prefix": "faces/", "access": ["read"], "listing": True}])
    assert (objects["Action"], objects["Resource"]) == (["s3:GetObject"], [f"{bucket}/faces/*"])
    assert (listing["Action"], listing["Resource"]) == (["s3:ListBucket"], [bucket])
    assert len(granted(s3=[{"arn": bucket, "access": ["read"]}])) == 1


def test_no_service_has_an_access_that_manages_it() -> None:
    managing = ("Create", "DeleteQueue", "DeleteTable", "DeleteBucket", "Policy", "Tag", "Schedule", "*")
    actions = [one for service in SERVICES.values() for names in service.access.values() for one in names]
    assert [one for one in actions if any(word in one for word in managing)] == []


def sqs(**values: object) -> dict[str, Any]:
    return {"sqs": [{"arn": QUEUE, "access": ["send"], **values}]}


@pytest.mark.parametrize(
    ("grants", "path", "what_would_do"),
    [
        (sqs(arn="*"), "sqs/0/arn", "write the whole ARN"),
        (sqs(arn=f"{QUEUE}-*"), "sqs/0/arn", "write the whole ARN"),
        (sqs(arn=f"{QUEUE}?"), "sqs/0/arn", "write the whole ARN"),
        (sqs(arn="jobs"), "sqs/0/arn", "copy it from the console"),
        (sqs(arn="arn:aws:sns:eu-west-1:000000000000:jobs"), "sqs/0/arn", "it belongs under sns"),
        (sqs(arn="arn:aws:lambda:eu-west-1:000000000000:jobs"), "sqs/0/arn", "it looks like arn:aws:sqs:REGION"),
        (sqs(access=["read"]), "sqs/0/access", "use send, receive"),
        (sqs(access=[]), "sqs/0/access", "at least 1"),
        (sqs(acces=["send"]), "sqs/0/acces", "did you mean access?"),
        ({"s3": [{"arn": "arn:aws:s3:::b-1/x", "access": ["read"]}]}, "s3/0/arn", "without a key"),
        ({"s3": [{"arn": "arn:aws:s3:::b-1", "access": ["read"], "prefix": "x"}]}, "s3/0", "end it with /"),
        (
            {"s3": [{"arn": "arn:aws:s3:::b-1", "access": ["read"], "prefix": "*/"}]},
            "s3/0/prefix",
            "is no prefix of keys",
        ),
        (
            {"kms": [{"arn": "arn:aws:kms:eu-west-1:000000000000:alias/x", "access": ["sign"]}]},
            "kms/0/arn",
            "not an alias",
        ),
        ({"ec2": [{"arn": QUEUE, "access": ["send"]}]}, "grants/ec2", "known here: dynamodb, kms"),
    ],
)
def test_a_bad_grant_is_named_with_what_would_do(grants: dict[str, Any], path: str, what_would_do: str) -> None:
    with refusing() as refused:
        checked({"apps": {"api": {"grants": grants}}})
    refused.says(f"apps/api/grants/{path.removeprefix('grants/')}", what_would_do)


def test_grants_differ_by_environment_through_overrides() -> None:
    settings = checked({"overrides": {"api": {"grants": sqs()}}})
    assert settings.apps["api"].grants.sqs[0].arn == QUEUE


@given(
    name=st.text(string.ascii_letters + string.digits + "*?-_", min_size=1, max_size=12),
    more=st.text("abc-", min_size=1),
)
def test_no_grant_that_is_accepted_fits_a_queue_whose_name_extends_its_own(name: str, more: str) -> None:
    arn = f"arn:aws:sqs:eu-west-1:000000000000:{name}"
    try:
        grants = Grants.model_validate({"sqs": [{"arn": arn, "access": ["send"]}]})
    except ValueError:
        assert "*" in name or "?" in name
    else:
        (resource,) = grants.statements()[0][1]
        assert not fnmatchcase(arn + more, resource)


@given(folder=st.text("ab/", min_size=1, max_size=8))
def test_no_folder_of_a_bucket_that_is_granted_fits_another_folder(folder: str) -> None:
    values = {"arn": "arn:aws:s3:::shop-uploads", "access": ["read"], "prefix": folder}
    try:
        grant = S3Grant.model_validate(values)
    except ValueError:
        assert not folder.endswith("/")
    else:
        (_actions, (resource,)) = next(grant.statements())
        assert not fnmatchcase(f"arn:aws:s3:::shop-uploads/{folder.rstrip('/')}x/key", resource)

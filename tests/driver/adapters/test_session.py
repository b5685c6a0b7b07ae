"""Rules of AWS's errors and of how long its credentials last."""

from datetime import UTC, datetime
from typing import Any

import pytest

from driver.adapters.session import Session, translated
from driver.errors import Expired, Unreachable


def refused(code: str) -> Any:
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": "The security token included is expired"}}, "DescribeTasks")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Credentials of a session, in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "test")
    monkeypatch.delenv("AWS_CREDENTIAL_EXPIRATION", raising=False)
    return monkeypatch


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_credentials_that_ran_out_are_no_refusal(code: str) -> None:
    with pytest.raises(Expired, match="ran out while reading the ledger") as caught, translated("reading the ledger"):
        raise refused(code)
    assert "it resumes" in caught.value.hint


def test_an_environment_without_a_cluster_has_a_hint_that_says_what_makes_it() -> None:
    with pytest.raises(Unreachable) as caught, translated("describing the services of staging"):
        raise refused("ClusterNotFoundException")
    assert "`slipway up ENV`" in caught.value.hint


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidClientTokenId", "NotExpiredToken"])
def test_a_refusal_is_not_taken_for_it(code: str) -> None:
    with pytest.raises(Unreachable, match=code), translated("reading the ledger"):
        raise refused(code)


def test_credentials_of_the_environment_say_when_they_end(keys: pytest.MonkeyPatch) -> None:
    assert Session("eu-west-1").expires() is None
    keys.setenv("AWS_CREDENTIAL_EXPIRATION", "2126-11-24T20:00:00Z")
    assert Session("eu-west-1").expires() == datetime(2126, 11, 24, 20, tzinfo=UTC)


def test_credentials_that_botocore_finds_to_be_over_are_no_bug_of_ours(keys: pytest.MonkeyPatch) -> None:
    keys.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-11-24T20:00:00Z")
    keys.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(Expired, match="AWS_CREDENTIAL_EXPIRATION is past"), translated("asking who we are"):
        Session("eu-west-1").client("sts").get_caller_identity()


def test_another_error_of_ours_stays_a_bug() -> None:
    with pytest.raises(RuntimeError, match="a bug"), translated("reading the ledger"):
        raise RuntimeError("a bug")

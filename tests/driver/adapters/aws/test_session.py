"""Rules of AWS's errors and of how long its credentials last."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from driver.adapters.aws.session import QUICK, Session, translated
from driver.errors import DriverError, Expired, Unavailable, Unreachable


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


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A machine on which nobody has logged in to AWS, and from which nothing answers."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    return monkeypatch


def asked() -> DriverError:
    """What comes of a question to AWS that can have no answer."""
    with pytest.raises(DriverError) as caught, translated("asking who we are"):
        Session("eu-west-1", QUICK).client("sts").get_caller_identity()
    return caught.value


def test_where_nobody_has_logged_in_that_is_what_is_said(bare: pytest.MonkeyPatch) -> None:
    assert asked().message == "there are no AWS credentials, and asking who we are needs some"


def test_half_of_a_pair_of_keys_is_none(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("AWS_ACCESS_KEY_ID", "test")
    assert asked().message.startswith("there are no AWS credentials")


def test_a_profile_that_is_not_there_is_named(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("AWS_PROFILE", "nope")
    assert "nope" in asked().message
    assert "AWS_PROFILE" in asked().message


def test_an_endpoint_that_does_not_answer_is_named(bare: pytest.MonkeyPatch, keys: pytest.MonkeyPatch) -> None:
    error = asked()
    assert error.message.startswith("nothing answers at http://127.0.0.1:9/")
    assert isinstance(error, Unavailable)


def test_a_proxy_that_does_not_answer_is_named_without_its_password(
    bare: pytest.MonkeyPatch, keys: pytest.MonkeyPatch
) -> None:
    bare.setenv("AWS_ENDPOINT_URL", "https://sts.example.com")
    bare.setenv("HTTPS_PROXY", "http://someone:hush@127.0.0.1:9")
    error = asked()
    assert error.message == "the proxy at http://127.0.0.1:9 does not answer, through which asking who we are would go"
    assert "NO_PROXY" in error.hint


def test_a_clock_that_is_wrong_is_measured_by_aws_own() -> None:
    from botocore.exceptions import ClientError

    aws = datetime.now(UTC) - timedelta(minutes=20)
    error = ClientError(
        {
            "Error": {"Code": "RequestTimeTooSkewed", "Message": "The difference between the request time and"},
            "ResponseMetadata": {"HTTPHeaders": {"date": format_datetime(aws, usegmt=True)}},
        },
        "GetObject",
    )
    with pytest.raises(Unreachable, match="20 minutes fast"), translated("reading the state"):
        raise error


def test_another_error_of_ours_stays_a_bug() -> None:
    with pytest.raises(RuntimeError, match="a bug"), translated("reading the ledger"):
        raise RuntimeError("a bug")

"""Rules of bootstrap: what is right is left alone, what is not is put right once, and a dry run changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from driver.core.account import bootstrap
from driver.core.account.bootstrap import IdentityProvider, LinkedRole, Part, SecretsKey, StateBucket
from driver.errors import NotReady
from model.settings.ci import AWS_AUDIENCE, GITHUB


@dataclass
class FakeGround:
    """An account in which each part lacks what a test says until it is mended."""

    lacking: dict[Part, Sequence[str]] = field(default_factory=dict)
    stubborn: bool = False
    mended: list[Part] = field(default_factory=list)

    def account(self) -> str:
        return "000000000000"

    def lacks(self, part: Part) -> Sequence[str]:
        return self.lacking.get(part, ())

    def mend(self, part: Part) -> None:
        self.mended.append(part)
        if not self.stubborn:
            self.lacking.pop(part)

    def key_arn(self, alias: str) -> str | None:
        return f"arn of {alias}"


BUCKET = StateBucket("slipway-state-000000000000-eu-west-1")


def parts(**values: bool) -> list[Part]:
    return bootstrap.parts(
        "000000000000", "eu-west-1", bootstrap.issuers(github=values.get("github", False), gitlab=None)
    )


def test_an_account_needs_bucket_key_and_roles_and_a_provider_only_where_asked() -> None:
    kinds = [type(part) for part in parts()]
    assert kinds == [StateBucket, SecretsKey, LinkedRole, LinkedRole, LinkedRole]
    assert IdentityProvider(GITHUB, AWS_AUDIENCE) in parts(github=True)


def test_what_is_right_is_not_touched() -> None:
    account = FakeGround({BUCKET: ["it keeps no versions"]})
    done = bootstrap.mend(account, bootstrap.survey(account, parts()), lambda _line: None)
    assert account.mended == [BUCKET]
    assert [row.mended for row in done] == [True, False, False, False, False]
    assert [row.lacked for row in bootstrap.survey(account, parts())] == [()] * 5


def test_looking_changes_nothing() -> None:
    account = FakeGround({BUCKET: ["it is not there"]})
    assert bootstrap.survey(account, parts())[0].lacked == ("it is not there",)
    assert account.mended == []


def test_what_is_still_wrong_after_it_was_put_right_is_an_error_that_says_so() -> None:
    account = FakeGround({BUCKET: ["public access is not blocked"]}, stubborn=True)
    with pytest.raises(NotReady, match="public access is not blocked"):
        bootstrap.mend(account, bootstrap.survey(account, parts()), lambda _line: None)


def test_the_engine_is_pointed_at_the_bucket_and_in_a_sandbox_at_its_endpoint() -> None:
    assert bootstrap.exports("b", "eu-west-1", None)["PULUMI_BACKEND_URL"] == "s3://b?region=eu-west-1"
    there = bootstrap.exports("b", "eu-west-1", "http://127.0.0.1:4566")["PULUMI_BACKEND_URL"]
    assert there == "s3://b?region=eu-west-1&endpoint=127.0.0.1:4566&disableSSL=true&s3ForcePathStyle=true"


def test_a_gitlab_is_its_own_audience() -> None:
    assert bootstrap.issuers(github=False, gitlab="https://git.acme.io/") == {
        "https://git.acme.io": "https://git.acme.io"
    }

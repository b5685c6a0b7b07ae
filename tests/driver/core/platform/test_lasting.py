"""What no edit of the settings takes away."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from driver.core.account.bootstrap import IdentityProvider, Part
from driver.core.platform import lasting
from driver.core.values.checkpoint import Resource, StackState
from driver.errors import NotReady
from model.names.pulumi_types import ARCHIVE, BUCKET, REGISTRY, REPOSITORY
from model.settings.environment import Settings
from model.settings.parse import parse

STACK = "urn:pulumi:dev::slipway::"


@dataclass
class Account:
    """An account that lacks the same of every part."""

    lacking: tuple[str, ...] = ()

    def account(self) -> str:
        return "000000000000"

    def lacks(self, part: Part) -> Sequence[str]:
        assert isinstance(part, IdentityProvider)
        return self.lacking

    def mend(self, part: Part) -> None:
        raise AssertionError("nothing is made here")

    def key_arn(self, alias: str) -> str | None:
        return None


def settings(**more: object) -> Settings:
    base = {
        "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
        "apps": {"shop": {"processes": {"web": {"port": 8000}}}},
    }
    return parse("dev", "eu-west-1", base | more)


def stack(component: str, kind: str, name: str, **outputs: object) -> StackState:
    urn = f"{STACK}{component}${kind}::{name}"
    return StackState(resources=[Resource(urn=urn, kind=kind, name=name, parent="", outputs=outputs)])


ARCHIVED = stack(ARCHIVE, BUCKET, "dev-log-archive", bucket="slipway-dev-logs-0-eu-west-1")


def test_an_archive_that_leaves_the_settings_is_kept_and_what_stops_it_is_named() -> None:
    with pytest.raises(NotReady, match="its bucket slipway-dev-logs-0-eu-west-1 is kept") as caught:
        lasting.check(settings(), ARCHIVED, Account())
    assert "archive: {processes: []}" in caught.value.hint


def test_an_archive_that_gets_nothing_more_or_never_was_is_no_matter() -> None:
    lasting.check(settings(logs={"archive": {"processes": []}}), ARCHIVED, Account())
    lasting.check(settings(), StackState(), Account())


def test_repositories_stay_with_who_made_them() -> None:
    made = stack(REGISTRY, REPOSITORY, "shop")
    with pytest.raises(NotReady, match="registry/owner: prod would take the image repositories shop away") as caught:
        lasting.check(settings(registry={"owner": "prod"}), made, Account())
    assert caught.value.hint.startswith("Put owner: dev back.")
    lasting.check(settings(), made, Account())
    lasting.check(settings(registry={"owner": "prod"}), StackState(), Account())


STATE = {"bucket": "state"}


@pytest.mark.parametrize(
    ("who", "flag"),
    [
        ({"github": {"subjects": ["repo:o/r:environment:dev"]}}, "--github"),
        (
            {"gitlab": {"url": "https://gitlab.com", "subjects": ["project_path:o/r:ref_type:branch:ref:main"]}},
            "--gitlab https://gitlab.com",
        ),
    ],
)
def test_an_identity_provider_that_is_not_there_is_found_before_anything_with_the_command_that_makes_it(
    who: dict[str, object], flag: str
) -> None:
    found = settings(ci={**who, "state": STATE})
    with pytest.raises(NotReady, match="lets nobody deploy: it is not there") as caught:
        lasting.check(found, StackState(), Account(("it is not there",)))
    assert caught.value.hint.endswith(f"slipway bootstrap --region eu-west-1 {flag}")
    lasting.check(found, StackState(), Account())
    lasting.check(settings(), StackState(), Account(("it is not there",)))

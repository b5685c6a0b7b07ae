"""Rules of the doctor: every check is made, what is in the way is told apart from advice, and each has what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from driver.core.account import doctor
from driver.core.account.bootstrap import IdentityProvider, LinkedRole, Part, SecretsKey, StateBucket
from driver.core.account.doctor import Level, Patient, Plugin, Sign
from driver.errors import NotReady, Unreachable
from tests.driver.core.account.test_bootstrap import FakeGround
from tests.model.settings.test_environment import checked

HEALTHY = {"PULUMI_BACKEND_URL": "s3://state?region=eu-west-1", "AWS_REGION": "eu-west-1"}
KEY = "awskms://alias/slipway-secrets?region=eu-west-1"
CI = {"github": {"subjects": ["repo:acme/shop:environment:dev"]}, "state": {"bucket": "state"}}


class FakeMachine:
    def __init__(
        self, *, engine: bool = True, plugin: bool = True, sandbox: bool = False, plugins: Sequence[Plugin] = ()
    ) -> None:
        self._engine, self._plugin, self._sandbox, self._plugins = engine, plugin, sandbox, plugins

    def plugins(self) -> Sequence[Plugin]:
        return self._plugins

    def engine(self) -> str:
        if not self._engine:
            raise NotReady("no Pulumi engine is here", hint="install it")
        return "/usr/bin/pulumi"

    def finds(self, program: str) -> bool:
        return self._plugin

    def is_sandbox(self) -> bool:
        return self._sandbox


def refused() -> str:
    raise Unreachable("AWS refused", hint="log in")


def signs(**values: Any) -> dict[str, Sign]:
    given: dict[str, Any] = {
        "settings": checked({"ci": CI}),
        "secrets_provider": KEY,
        "variables": HEALTHY,
        "machine": FakeMachine(),
        "ground": FakeGround(),
        "credentials": lambda: "account 000000000000",
        "vault": lambda: "it lets us in",
    }
    return {sign.name: sign for sign in doctor.examine(Patient(**{**given, **values}))}


def lacking(part: Part, *what: str) -> FakeGround:
    return FakeGround({part: what})


def test_a_healthy_machine_gets_no_advice() -> None:
    assert {sign.level for sign in signs().values()} == {Level.OK}


PROVIDER = IdentityProvider("https://token.actions.githubusercontent.com", "sts.amazonaws.com")
CASES: Sequence[tuple[Mapping[str, Any], str, Level, str]] = [
    ({"machine": FakeMachine(engine=False)}, "engine", Level.ADVICE, "install it"),
    ({"machine": FakeMachine(plugin=False)}, "session-manager-plugin", Level.ADVICE, "install-plugin"),
    ({"credentials": refused}, "credentials", Level.BAD, "log in"),
    ({"vault": refused}, "vault", Level.BAD, "log in"),
    ({"variables": {**HEALTHY, "AWS_REGION": "us-east-1"}}, "region", Level.ADVICE, "AWS_REGION=eu-west-1"),
    ({"variables": {}}, "state", Level.ADVICE, "slipway bootstrap --region eu-west-1"),
    ({"variables": {"PULUMI_BACKEND_URL": "file://~"}}, "state", Level.ADVICE, "one machine"),
    ({"ground": lacking(StateBucket("state"), "it is not there")}, "state", Level.BAD, "--bucket state"),
    ({"ground": lacking(StateBucket("state"), "it keeps no versions")}, "state", Level.ADVICE, "--bucket state"),
    ({"secrets_provider": None}, "secrets", Level.BAD, "Pulumi.dev.yaml"),
    (
        {"secrets_provider": None, "variables": {**HEALTHY, "PULUMI_CONFIG_PASSPHRASE": "x"}},
        "secrets",
        Level.ADVICE,
        "makes a key",
    ),
    ({"ground": lacking(SecretsKey("alias/slipway-secrets"), "it is not there")}, "secrets", Level.BAD, "bootstrap"),
    ({"ground": lacking(PROVIDER, "it is not there")}, "ci", Level.BAD, "--github"),
    ({"ground": lacking(LinkedRole("ecs.amazonaws.com"), "no")}, "service-linked-roles", Level.ADVICE, "bootstrap"),
]


@pytest.mark.parametrize(("values", "name", "level", "hint"), CASES)
def test_each_fault_is_told_with_what_to_do(values: Mapping[str, Any], name: str, level: Level, hint: str) -> None:
    found = signs(**values)
    assert found[name].level is level
    assert hint in found[name].hint
    others = {sign.level for sign in found.values() if sign.name != name}
    # Without variables the secrets' key is still there, and so on: one fault hides no other check.
    assert others == {Level.OK}


def test_a_sandbox_may_have_its_passphrase() -> None:
    variables = {**HEALTHY, "PULUMI_CONFIG_PASSPHRASE": "x"}
    found = signs(secrets_provider=None, variables=variables, machine=FakeMachine(sandbox=True))
    assert found["secrets"].level is Level.OK


def test_only_what_is_bad_is_in_the_way() -> None:
    found = signs(vault=refused, machine=FakeMachine(plugin=False))
    assert [sign.name for sign in doctor.in_the_way(found.values())] == ["vault"]


def test_plugins_that_are_missing_are_told_with_the_command_and_those_that_are_here_with_their_size() -> None:
    here = Plugin(name="aws", version="7.51.1", place="/home/plugins/resource-aws-v7.51.1", size=640_000_000)
    sign = signs(machine=FakeMachine(plugins=[here]))["plugins"]
    assert (sign.level, sign.found) == (Level.OK, "aws 7.51.1 (640 MB)")
    gone = Plugin(name="awsx", version="3.11.0", others=("3.9.0",))
    sign = signs(machine=FakeMachine(plugins=[here, gone]))["plugins"]
    assert sign.level is Level.ADVICE
    assert "awsx 3.11.0 is not here (3.9.0 is)" in sign.found
    assert "Get them now: pulumi plugin install resource awsx 3.11.0." in sign.hint

"""Which rule takes a request."""

from dataclasses import replace

import pytest

from sandbox.balancer.rules import Asked, choose, matches
from sandbox.emulator.patching.patch import Record

ASKED = Asked(
    method="GET",
    host="api.dev.example.com",
    path="/Users/42",
    query=[("Lang", "EN"), ("page", "2")],
    headers={"x-version": ["Beta-3"]},
    client="127.0.0.1",
)


def condition(field: str, *values: str, **more: object) -> Record:
    return {"Field": field, "Values": list(values), **more}


def query(**pair: str) -> Record:
    return condition("query-string", QueryStringConfig={"Values": [pair]})


def header(name: str, *values: str) -> Record:
    return condition("http-header", HttpHeaderConfig={"HttpHeaderName": name, "Values": list(values)})


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (condition("path-pattern", "/Users/*"), True),
        (condition("path-pattern", "/users/*"), False),
        (condition("path-pattern", "/x", "/Users/4?"), True),
        (condition("path-pattern", "/Users/[0-9]*"), False),
        (condition("host-header", "*.DEV.example.com"), True),
        (condition("host-header", "dev.example.com"), False),
        (condition("http-request-method", "GET", "HEAD"), True),
        (condition("http-request-method", "get"), False),
        (header("X-Version", "beta-*"), True),
        (header("X-Other", "*"), False),
        (query(Key="lang", Value="en"), True),
        (query(Value="2"), True),
        (query(Key="lang", Value="de"), False),
        (condition("source-ip", "127.0.0.0/8"), True),
        (condition("source-ip", "10.0.0.0/8"), False),
    ],
)
def test_a_condition_holds_as_on_a_load_balancer(one: Record, holds: bool) -> None:
    assert matches(one, ASKED) is holds


def test_the_first_rule_of_which_all_conditions_hold_is_taken() -> None:
    both = {"name": "both", "Conditions": [condition("path-pattern", "/Users/*"), condition("host-header", "www.*")]}
    one = {"name": "one", "Conditions": [condition("path-pattern", "/Users/*")]}
    default = {"name": "default"}
    assert choose([both, one, default], ASKED) is one
    assert choose([both, one, default], replace(ASKED, host="www.example.com")) is both
    assert choose([both, one, default], replace(ASKED, path="/")) is default


def test_an_unknown_condition_is_an_error_not_a_match() -> None:
    with pytest.raises(ValueError, match="no rule condition 'moon-phase'"):
        matches(condition("moon-phase", "full"), ASKED)

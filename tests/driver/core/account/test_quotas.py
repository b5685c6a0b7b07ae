from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from driver.core.account.quotas import Fit, Limit, Row, Usage, increases, judge, refusal
from driver.errors import NotReady, Unreachable
from model.settings.environment import Settings
from model.settings.parse import parse
from model.sizing.quota_needs import Need
from model.sizing.quotas import QUOTAS, Key, Quota

SETTINGS = parse(
    "dev",
    "eu-west-1",
    {
        "apps": {"shop": {"processes": {"web": {"port": 8000, "count": 4}, "worker": {"count": 1}}}},
        "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
    },
)
"""Needs 2.5 vCPU on demand and 1 load balancer."""


@dataclass
class FakeQuotas:
    """An account with lots of everything, but for what a test says."""

    values: Mapping[Key, float] = field(default_factory=dict)
    used: Mapping[Key, Usage] = field(default_factory=dict)
    metrics: Mapping[Key, float] = field(default_factory=dict)
    asked: Mapping[Key, float] = field(default_factory=dict)
    fixed: set[Key] = field(default_factory=set)
    renamed: set[Key] = field(default_factory=set)

    def limit(self, quota: Quota) -> Limit:
        if quota.key in self.renamed:
            raise NotReady(f"{quota.code} is Something Else")
        value = self.values.get(quota.key, 100_000)
        adjustable = quota.key not in self.fixed
        return Limit(code="L-1", value=value, adjustable=adjustable, used=self.metrics.get(quota.key))

    def usage(self, settings: Settings, vpc: str | None) -> Mapping[Key, Usage]:
        return self.used

    def pending(self, quota: Quota, code: str) -> float | None:
        return self.asked.get(quota.key)

    def request(self, quota: Quota, code: str, value: float) -> str:
        raise AssertionError("nobody asked for that")


def rows(port: FakeQuotas) -> dict[Key, Row]:
    return {row.quota.key: row for row in judge(port, SETTINGS, "vpc-1")}


@pytest.mark.parametrize(("value", "fit"), [(3.125, Fit.FITS), (3.12, Fit.TIGHT), (2.5, Fit.TIGHT), (2.49, Fit.SHORT)])
def test_more_than_four_fifths_is_tight_and_more_than_all_does_not_fit(value: float, fit: Fit) -> None:
    assert rows(FakeQuotas(values={Key.ON_DEMAND: value}))[Key.ON_DEMAND].fit is fit


@pytest.mark.parametrize(
    ("total", "ours", "expected"),
    [(0, 0, 2.5), (6, 0, 8.5), (6, 1, 7.5), (2.5, 2.5, 2.5), (6, 4, 6), (1, 2, 2.5)],
    ids=["empty account", "others only", "half up", "all up", "ours is larger than planned", "counted at other times"],
)
def test_what_is_up_already_is_not_counted_twice(total: float, ours: float, expected: float) -> None:
    found = rows(FakeQuotas(used={Key.ON_DEMAND: Usage(total, ours)}))[Key.ON_DEMAND]
    assert found.expected == expected


def test_what_aws_counts_itself_wins_where_it_is_more() -> None:
    port = FakeQuotas(used={Key.ON_DEMAND: Usage(3, 1)}, metrics={Key.ON_DEMAND: 9})
    assert rows(port)[Key.ON_DEMAND].expected == 8 + 2.5


def test_a_quota_that_the_environment_needs_none_of_is_not_asked_for() -> None:
    assert Key.SPOT not in rows(FakeQuotas(renamed={Key.SPOT}))


def test_a_code_with_another_name_is_unknown_and_the_command_fails_with_what_aws_said() -> None:
    found = judge(FakeQuotas(renamed={Key.VPCS}), SETTINGS, None)
    assert [row.quota.key for row in found if row.fit is Fit.UNKNOWN] == [Key.VPCS]
    refused = refusal("dev", found)
    assert isinstance(refused, Unreachable)
    assert "Something Else" in refused.message


def test_what_does_not_fit_fails_the_command_and_is_named_and_tight_alone_does_not() -> None:
    assert refusal("dev", judge(FakeQuotas(values={Key.BALANCERS: 1}), SETTINGS, None)) is None
    port = FakeQuotas(values={Key.BALANCERS: 1}, used={Key.BALANCERS: Usage(1, 0)})
    refused = refusal("dev", judge(port, SETTINGS, None))
    assert isinstance(refused, NotReady)
    assert "Application Load Balancers per Region (2 of 1)" in refused.message


def test_an_increase_leaves_a_fifth_free_and_is_asked_for_once() -> None:
    values = {Key.ON_DEMAND: 2.0, Key.BALANCERS: 1.0, Key.VPCS: 1.0, Key.ADDRESSES: 1.0}
    port = FakeQuotas(values=values, asked={Key.BALANCERS: 9.0}, fixed={Key.VPCS})
    found = {one.row.quota.key: one for one in increases(port, judge(port, SETTINGS, None))}
    assert {key: one.value for key, one in found.items() if not one.instead} == {Key.ON_DEMAND: 4, Key.ADDRESSES: 2}
    assert "9 was asked for already" in found[Key.BALANCERS].instead
    assert "for nobody" in found[Key.VPCS].instead


def test_the_increase_of_any_expectation_makes_it_fit() -> None:
    quota = QUOTAS[0]
    for tenths in range(1, 500):
        row = Row(
            quota=quota, need=Need(tenths / 10, ""), usage=Usage(), limit=Limit(code="", value=0, adjustable=True)
        )
        limit = Limit(code="", value=row.wanted, adjustable=True)
        assert Row(quota=quota, need=row.need, usage=Usage(), limit=limit).fit is Fit.FITS

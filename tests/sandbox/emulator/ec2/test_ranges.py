"""The emulator's own opinion of address blocks, beside the settings': where the two differ, one of them is wrong."""

from ipaddress import IPv4Network

import pytest

from model.settings import network
from sandbox.emulator.ec2 import ranges

FIRST = (
    "10.0.0.0/16", "10.1.0.0/16", "10.32.0.0/16", "172.16.0.0/16", "192.168.0.0/16", "198.19.0.0/20",
    "100.64.0.0/16", "52.0.0.0/16",
)  # fmt: skip
MORE = (*FIRST, "10.0.64.0/20", "10.2.0.0/16", "172.31.0.0/16", "172.20.0.0/20", "100.80.0.0/20", "53.1.0.0/24")


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("wanted", MORE)
def test_both_refuse_the_same_blocks(first: str, wanted: str) -> None:
    present = [IPv4Network(first)]
    mine, theirs = ranges.refusal(present, IPv4Network(wanted)), network.refusal(present, IPv4Network(wanted))
    assert (mine is None) == (theirs is None), (mine, theirs)


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/29", "10.0.0.1/16", "text"])
def test_a_block_of_another_size_is_none(cidr: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ranges.block(cidr)


def test_a_sixth_block_is_not_added() -> None:
    present = [IPv4Network(f"10.{number}.0.0/16") for number in range(4, 9)]
    assert "5 blocks" in (ranges.refusal(present, IPv4Network("10.9.0.0/16")) or "")

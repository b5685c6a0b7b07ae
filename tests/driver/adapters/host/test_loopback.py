import pytest

from driver.adapters.host.loopback import is_loopback, spare_loopback

OURS = "localhost,127.0.0.1,::1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, OURS),
        ({"NO_PROXY": "corp.example"}, f"corp.example,{OURS}"),
        ({"no_proxy": "corp.example, 10.0.0.0/8"}, f"corp.example,10.0.0.0/8,{OURS}"),
        ({"no_proxy": "a", "NO_PROXY": "b"}, f"a,{OURS}"),
        ({"no_proxy": "127.0.0.1"}, "127.0.0.1,localhost,::1"),
    ],
)
def test_this_machine_is_reached_without_a_proxy_and_so_is_what_was_before(before: dict[str, str], after: str) -> None:
    variables = {"http_proxy": "http://proxy:3128", **before}
    spare_loopback(variables)
    assert (variables["no_proxy"], variables["NO_PROXY"]) == (after, after)
    spare_loopback(variables)
    assert variables["no_proxy"] == after


def test_where_nothing_goes_through_a_proxy_that_stays_so() -> None:
    variables = {"NO_PROXY": "*"}
    spare_loopback(variables)
    assert variables == {"NO_PROXY": "*"}


@pytest.mark.parametrize(("url", "here"), [("http://127.78.1.2:80", True), ("localhost:1", True), ("10.0.0.1", False)])
def test_which_addresses_mean_this_machine(url: str, here: bool) -> None:
    assert is_loopback(url) is here

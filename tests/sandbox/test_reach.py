from sandbox.host.reach import outer_address, warning


def test_what_the_network_can_reach_is_said_with_the_address_by_which_it_can() -> None:
    assert "0.0.0.0" in warning("192.168.1.5")
    assert "at 192.168.1.5:" in warning("192.168.1.5")
    assert warning("") == ""


def test_an_address_of_this_machine_alone_is_none() -> None:
    assert not outer_address().startswith("127.")

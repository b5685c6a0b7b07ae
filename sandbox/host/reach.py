"""Whether others on the network can reach what runs in the sandbox: tasks share this machine's addresses."""

import socket

ELSEWHERE = ("192.0.2.1", 9)
"""An address for documentation, which nobody has (RFC 5737); nothing is sent to it."""


def outer_address() -> str:
    """The address by which the network knows this machine; empty where it has none but its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # For UDP this only looks up the route.
            probe.connect(ELSEWHERE)
        except OSError:
            return ""
        address = str(probe.getsockname()[0])
    return "" if address.startswith(("127.", "0.")) else address


def warning(address: str) -> str:
    """What `up` says of it; empty where there is nothing to say."""
    if not address:
        return ""
    return (
        f"A task that listens on 0.0.0.0, as on Heroku, can be reached from the network too, at {address}:"
        " have a firewall keep others out where that matters."
    )

"""The load balancers' data plane: every listener is really bound, on a loopback address of its own."""

from sandbox.balancer.listeners import Listeners, start

__all__ = ["Listeners", "start"]

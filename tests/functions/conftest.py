"""The sandbox's AWS for the functions that speak to it."""

from tests.sandbox.emulator.conftest import cloud, running

__all__ = ["cloud", "running"]

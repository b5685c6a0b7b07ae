"""One sandbox for all tests of this folder, and a cloud of its own name for each."""

from tests.sandbox.emulator.conftest import cloud, running

__all__ = ["cloud", "running"]

"""What ministack lacks of AWS, added from outside, one subject a file."""

from sandbox.emulator.autoscaling import extra_services
from sandbox.emulator.installing import install, targets

__all__ = ["extra_services", "install", "targets"]

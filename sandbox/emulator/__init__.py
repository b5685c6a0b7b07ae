"""What ministack lacks of AWS, added from outside, one subject a file."""

from sandbox.asgi import App
from sandbox.emulator import autoscaling, quotas
from sandbox.emulator.installing import install, targets

__all__ = ["extra_services", "install", "targets"]


def extra_services(app: App) -> App:
    """Put the services that ministack lacks in front of its application."""
    return quotas.in_front(autoscaling.extra_services(app))

"""What ministack lacks of AWS, added from outside, one subject a file."""

from sandbox.asgi import App
from sandbox.emulator import autoscaling, by_target, quotas
from sandbox.emulator.installing import install, targets

__all__ = ["extra_services", "install", "targets"]


def extra_services(app: App) -> App:
    """Put the services that ministack lacks in front of its application."""
    for service in (autoscaling.SERVICE, quotas.SERVICE):
        app = by_target.in_front(app, service)
    return app

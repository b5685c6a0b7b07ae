"""What ministack lacks of AWS, added from outside, one subject a file."""

from sandbox.asgi import App
from sandbox.emulator.autoscaling import api as autoscaling
from sandbox.emulator.installation import install, targets
from sandbox.emulator.patching import json_services
from sandbox.emulator.service_quotas import api as quotas

__all__ = ["extra_services", "install", "targets"]


def extra_services(app: App) -> App:
    """Put the services that ministack lacks in front of its application."""
    for service in (autoscaling.SERVICE, quotas.SERVICE):
        app = json_services.in_front(app, service)
    return app

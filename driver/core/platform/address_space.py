"""Whether the network has addresses for the platform at its largest."""

from driver.errors import InvalidInput
from model.settings.environment import Settings
from model.sizing.addresses import room


def check_room(settings: Settings) -> None:
    """Refuse a plan that can't fit, from the settings alone. Raises InvalidInput."""
    found, hint = room(settings), f"See what would do: slipway network plan {settings.env}"
    if found.short:
        raise InvalidInput(
            f"the private subnets of {settings.env} are too small: at the largest scale, in a deploy and with one zone"
            f" lost a zone needs {found.private_need} addresses and has {found.private_have}",
            hint=hint,
        )
    if not found.fits:
        raise InvalidInput(
            f"the public subnets of {settings.env} are too small: a zone needs {found.public_need} addresses for load"
            f" balancers and NAT, and has {found.public_have}",
            hint=hint,
        )

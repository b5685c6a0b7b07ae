"""The addresses of chats and pagers that hear of alarms."""

from collections.abc import Iterable

from driver.core.ports import Config
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput
from model.monitoring.alarms import Hook
from model.names.names import ALARM_ADDRESSES


def path(env: str) -> str:
    """Where the addresses are in Vault, below the mount."""
    return f"{env}/{ALARM_ADDRESSES}"


def addresses(hooks: Iterable[Hook], config: Config) -> SecretValues:
    """The address of each hook, and nothing else that is there. Raises InvalidInput; an address is never shown."""
    names = [hook.name for hook in hooks]
    missing = [name for name in names if name not in config.values]
    if missing:
        raise InvalidInput(
            f"{', '.join(missing)} has no address at {config.path}",
            hint="Write it into Vault under the name that the hook has in slipway:alarms.",
        )
    plain = [name for name in names if not config.values[name].startswith("https://")]
    if plain:
        raise InvalidInput(f"{', '.join(plain)} at {config.path} is no address that begins with https://")
    return SecretValues({name: config.values[name] for name in names})

"""The addresses of chats and pagers that hear of alarms."""

from collections.abc import Iterable, Mapping

from driver.core.ports import Config
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput
from model.monitoring.alarms import Hook
from model.names.names import ALARM_ADDRESSES


def path(env: str) -> str:
    """Where the addresses are in Vault, below the mount."""
    return f"{env}/{ALARM_ADDRESSES}"


def addresses(hooks: Iterable[Hook], config: Config) -> tuple[SecretValues, dict[str, str]]:
    """The address of each hook that has one, and why each other hook has none that will do. Nothing else that is there
    is taken, and no address is ever shown.
    """
    found: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for hook in hooks:
        if hook.name not in config.values:
            wrong[hook.name] = f"has no address at {config.path}"
        elif not config.values[hook.name].startswith("https://"):
            wrong[hook.name] = f"at {config.path} is no address that begins with https://"
        else:
            found[hook.name] = config.values[hook.name]
    return SecretValues(found), wrong


def refusal(mount: str, config: Config, wrong: Mapping[str, str]) -> InvalidInput:
    """That these hooks hear of nothing, with what writes the address of the first, from standard input."""
    return InvalidInput(
        "\n".join(f"{name} {why}" for name, why in wrong.items()),
        hint=f"Write it: vault kv patch -mount={mount} {config.path} {next(iter(wrong))}=-",
    )

"""`slipway doctor`: whether this machine and this account are ready, and what to do where they are not."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from driver import console
from driver.core.values.moments import moment
from driver.views.options import Env, Json

if TYPE_CHECKING:
    from driver.adapters.aws.bootstrap import AwsGround
    from driver.core.account.doctor import Patient
    from driver.core.ports import World
    from model.settings.environment import Settings


def run(ctx: typer.Context, env: Env, as_json: Json = False) -> None:
    """Look at engine, credentials, region, state, secrets, CI, Vault and the rest; change nothing.

    Ends with 4 when something is in the way; advice alone is none.
    """
    from driver.core.account import doctor
    from driver.errors import NotReady

    signs = doctor.examine(_patient(ctx.obj, env))
    if as_json:
        console.answer_json([sign.plain() for sign in signs])
    else:
        console.table(("check", "level", "found"), [(sign.name, sign.level, sign.found) for sign in signs])
        for sign in signs:
            if sign.hint:
                console.say(f"{sign.name}: {sign.hint}")
    bad = doctor.in_the_way(signs)
    if bad:
        raise NotReady(f"{env} is not ready: {', '.join(dict.fromkeys(sign.name for sign in bad))}")


def _patient(project: Path, env: str) -> "Patient":
    from driver.adapters.aws.bootstrap import AwsGround
    from driver.adapters.aws.session import Session
    from driver.adapters.machine import ThisMachine
    from driver.adapters.project.stack_files import stack_file
    from driver.adapters.project.yaml_file import read_yaml
    from driver.core.account.doctor import Patient
    from driver.wiring import live

    world = live(project, env)
    provider = read_yaml(stack_file(project, env)).get("secretsprovider")
    ground = AwsGround(Session(world.settings.region))
    return Patient(
        settings=world.settings,
        secrets_provider=provider if isinstance(provider, str) else None,
        variables=os.environ,
        machine=ThisMachine(),
        ground=ground,
        credentials=_credentials(world, ground),
        vault=lambda: _vault(world.settings),
    )


def _credentials(world: "World", ground: "AwsGround") -> Callable[[], str]:
    def ask() -> str:
        until = world.account.expires()
        end = f", until {moment(until, seconds=False)}" if until is not None else ""
        return f"account {ground.account()}{end}"

    return ask


def _vault(settings: "Settings") -> str:
    """Asking for an app's variables shows that Vault answers and lets us in; that it has none yet is no fault of it."""
    from driver.adapters.vault.kv import HashicorpVault
    from driver.core.config import variables
    from driver.errors import InvalidInput

    vault, mount = HashicorpVault(settings.vault), settings.vault.mount
    missing, deleted = [], []
    for app in settings.apps:
        try:
            missing += [app] if vault.find(mount, variables.path(settings.env, app)) is None else []
        except (variables.Deleted, InvalidInput) as error:
            deleted.append(f"{app}: {error.message}")
    if missing:
        deleted.insert(0, f"no variables yet: {', '.join(missing)}")
    return f"it lets us in; {'; '.join(deleted)}" if deleted else "it lets us in, and has all apps"

"""The only reader of Pulumi's config: settings, pins and what a run of the driver asks for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pydantic import ValidationError

from components import made_names
from model.errors import SpecError
from model.releases import Candidate, Pin, parse_pins
from model.settings.app import App
from model.settings.environment import Settings
from model.settings.leaving_out import parse_for
from model.settings.parse import NAMESPACE, TARGETED


@dataclass(frozen=True, kw_only=True)
class Run:
    """What this run of the program shall bring about, beside the settings.

    `releasing` names the one app whose task definitions and services may change; everything else is frozen. `scope`
    names the one app that is evaluated; without it all are. `weighing` are the processes of the app being
    released whose capacity weights move.
    """

    pins: dict[str, Pin]
    candidate: Candidate | None
    releasing: str | None
    scope: str | None
    weighing: frozenset[str] = frozenset()

    def evaluated(self, apps: Mapping[str, App]) -> dict[str, App]:
        """The apps of the catalogue that this run registers. Raises RunError."""
        if self.scope is not None and self.scope not in apps:
            raise pulumi.RunError(f"scope: {self.scope} is not in the catalogue; it has {', '.join(apps)}")
        return {name: app for name, app in apps.items() if self.scope in {None, name}}


def load() -> tuple[Settings, Run]:
    """Settings and run, with which the program begins. What a person wrote wrongly is a RunError: a message, not a
    traceback.
    """
    made_names.keep()
    try:
        run = _run()
        # Of a run for one app the others are not evaluated, so what is wrong with them is told by who starts it.
        needed = None if run.scope is None else (run.scope,)
        settings, _ = parse_for(needed, pulumi.get_stack(), pulumi.Config("aws").get("region"), _values())
        return settings, run
    except SpecError as error:
        raise pulumi.RunError(f"settings of {pulumi.get_stack()}:\n{error}") from None


def _values() -> dict[str, object]:
    """Everything under the project's namespace, parsed: the engine hands structured values over as JSON."""
    config = pulumi.Config(NAMESPACE)
    prefix = f"{NAMESPACE}:"
    given = {**pulumi.runtime.config.get_config_env(), **pulumi.runtime.config.CONFIG.get()}
    return {
        key.removeprefix(prefix): _value(config, key.removeprefix(prefix)) for key in given if key.startswith(prefix)
    }


def _value(config: pulumi.Config, key: str) -> object:
    try:
        return config.get_object(key)
    except pulumi.ConfigTypeError:
        return config.get(key)


def _run() -> Run:
    config = pulumi.Config(NAMESPACE)
    candidate = config.get_object("candidate")
    try:
        return Run(
            pins=parse_pins(config.get_object("pins") or {}),
            candidate=None if candidate is None else Candidate.model_validate(candidate),
            releasing=config.get("releasing"),
            weighing=frozenset(config.get_object("weighing") or ()),
            scope=_scope(config.get("scope"), os.environ.get(TARGETED)),
        )
    except ValidationError:
        message = "it is not what Slipway writes there; take slipway:candidate out of the stack file"
        raise SpecError("candidate", message) from None


def _scope(app: str | None, targeted: str | None) -> str | None:
    """The app that alone is evaluated, if the engine has targets of it: without, it would delete all the others."""
    if app is not None and app != targeted:
        raise SpecError(
            "scope",
            f"only {app} is evaluated, and the engine was given no targets of it: it would delete all other apps."
            " The driver sets both at once; take slipway:scope out of the stack file",
        )
    return app

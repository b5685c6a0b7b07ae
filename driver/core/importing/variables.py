"""Which of an app's variables at Heroku come along, and why the others do not. Values are looked at and never told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from driver.core.config.variables import check_names, check_value
from driver.core.importing.add_ons import Fate, instead
from driver.core.values.heroku import HerokuApp
from driver.core.values.secret import SecretValues

_MEANS_NOTHING: Final = {
    "PORT": "the platform sets it",
    "REMAP_SIGTERM": "with it Celery drops its tasks on ECS, which sends SIGTERM to it alone",
    "BUILDPACK_URL": "there are no buildpacks; the image is built by a Dockerfile",
    "DISABLE_COLLECTSTATIC": "it is read by Heroku's buildpack alone",
}
_DOMAINS = re.compile(r"\.heroku(?:app|dns)\.com\b")
_UNENCRYPTED = re.compile(r"^postgres(?:ql)?://(?!.*[?&]sslmode=)")
_SIZED = "WEB_CONCURRENCY"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The variables that come along; why each other one stays, by name; what a deploy needs to be set before it."""

    values: SecretValues
    left: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """The names without which a deploy stops."""
        return tuple(sorted({*self.values, *self.missing}))


def choose(app: HerokuApp, *, stores: bool) -> Chosen:
    """What comes along. With `stores` the variables that lead to databases at Heroku do too: the app then shares them
    with the one at Heroku."""
    config = app.config or SecretValues({})
    left = dict(_left(app, config, stores=stores))
    missing = {
        name
        for row in app.add_ons
        if instead(row.service).fate is Fate.STORE
        for name in row.variables
        if name in left and not name.startswith("HEROKU_")
    }
    values = SecretValues({name: config[name] for name in config if name not in left})
    return Chosen(values=values, left=left, missing=tuple(sorted(missing)))


def _left(app: HerokuApp, config: SecretValues, *, stores: bool) -> Iterator[tuple[str, str]]:
    owners = {name: row for row in app.add_ons for name in row.variables}
    for name in config:
        if name in _MEANS_NOTHING:
            yield name, _MEANS_NOTHING[name]
        elif name in owners and (why := _stays(owners[name].service, stores=stores)):
            yield name, why
        elif problems := check_names([name]):
            yield name, problems[0].removeprefix(f"{name!r} ")
        elif problem := check_value(config[name]):
            yield name, f"its value {problem}"


def _stays(service: str, *, stores: bool) -> str:
    fate = instead(service).fate
    if fate is Fate.STORE and not stores:
        return f"it leads to {service} at Heroku"
    return f"{service} is not needed any more" if fate is Fate.GONE else ""


def advice(chosen: Chosen) -> list[str]:
    """What is to be looked at in the variables that come along, by name."""
    values, found = chosen.values, []
    domains = [name for name in values if _DOMAINS.search(values[name])]
    if domains:
        found.append(f"{_names(domains)} a host of Heroku's; set what it shall be on AWS")
    bare = [name for name in values if _UNENCRYPTED.match(values[name])]
    if bare:
        found.append(
            f"{_names(bare)} a PostgreSQL without sslmode; Heroku and RDS take encrypted connections only: add"
            " ?sslmode=require to the address where the driver does not ask for it by itself"
        )
    if _SIZED in values:
        found.append(f"{_SIZED} was set for a dyno's memory; look whether it fits the task's")
    return found


def _names(names: list[str]) -> str:
    return f"{', '.join(names)} {'names' if len(names) == 1 else 'name'}"

"""Which app in which environment each app of Heroku becomes: pipelines are apps, and their stages environments."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from driver.core.values.heroku import Coupled
from driver.errors import DriverError, InvalidInput, NotFound

STAGES: Final = {
    "production": ("prod", "production", "live"),
    "staging": ("staging", "stage", "stg"),
    "development": ("dev", "development"),
}
"""Environments that each of Heroku's stages is likely to be; review apps and tests have none."""
_SUFFIX = re.compile(r"-(?:production|prod|live|staging|stage|stg|development|dev)$")
LONGEST: Final = 24
"""Characters of an app's name at most."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an app of Heroku goes."""

    heroku: str
    app: str
    env: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was said on the command line: an environment, that of each stage, an app's name.

    With `by_stage` the one environment is for apps without a stage only; else all go there.
    """

    env: str = ""
    stages: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    by_stage: bool = False


def wanted(env: Sequence[str], name: str, known: Sequence[str], *, by_stage: bool) -> Wanted:
    """From `ENV` and `STAGE=ENV`. Raises InvalidInput, and NotFound for an environment that is not there."""
    pairs = [part.partition("=") for part in env]
    stages = {stage: to for stage, equals, to in pairs if equals}
    alone = [stage for stage, equals, _ in pairs if not equals]
    if len(alone) > 1:
        raise InvalidInput(f"--env {' and '.join(alone)}: one environment; for a pipeline --env STAGE=ENV for each")
    if strange := sorted(set(stages) - set(STAGES)):
        raise InvalidInput(f"--env {strange[0]}=…: Heroku's stages are {', '.join(STAGES)}")
    for one in (*alone, *stages.values()):
        if one not in known:
            raise NotFound(f"unknown environment {one}; this project has {', '.join(known) or 'none'}")
    return Wanted(env="".join(alone), stages=stages, name=name, by_stage=by_stage)


def places(rows: Sequence[Coupled], want: Wanted, known: Sequence[str]) -> tuple[list[Place], dict[str, DriverError]]:
    """Where each goes, and why some go nowhere, by their name at Heroku."""
    found: dict[str, DriverError] = {}
    envs: dict[str, str] = {}
    for row in rows:
        try:
            envs[row.app] = _env(row, want, known)
        except DriverError as error:
            found[row.app] = error
    good = [row for row in rows if row.app in envs]
    crowded = Counter((row.pipeline, row.stage) for row in good if row.pipeline)
    named = {row.app: want.name or _name(row, crowded[row.pipeline, row.stage] > 1) for row in good}
    taken = Counter((named[row.app], envs[row.app]) for row in good)
    for row in good:
        if taken[named[row.app], envs[row.app]] > 1:
            found[row.app] = InvalidInput(
                f"{row.app} would be {named[row.app]} in {envs[row.app]}, and so would another app",
                hint=f"Import it by itself: slipway heroku import {row.app} --env {envs[row.app]} --as NAME",
            )
    kept = [Place(heroku=row.app, app=named[row.app], env=envs[row.app]) for row in good if row.app not in found]
    order = list(STAGES)
    stage_of = {row.app: row.stage for row in rows}
    rank = {name: order.index(stage) if stage in order else len(order) for name, stage in stage_of.items()}
    return sorted(kept, key=lambda place: (place.app, rank[place.heroku])), found


def _env(row: Coupled, want: Wanted, known: Sequence[str]) -> str:
    if row.stage in want.stages:
        return want.stages[row.stage]
    if want.env and not (want.by_stage and row.stage):
        return want.env
    if row.stage and row.stage not in STAGES:
        raise InvalidInput(f"{row.app} is of the stage {row.stage}, which has no environment of its own; it stays")
    likely = [env for env in STAGES.get(row.stage, ()) if env in known]
    if likely:
        return likely[0]
    if not row.stage and len(known) == 1:
        return known[0]
    where = f"of the stage {row.stage}" if row.stage else "in no pipeline"
    one = f"{row.stage}=ENV" if row.stage else "ENV"
    raise InvalidInput(
        f"{row.app} is {where}, and it is not said which environment that is",
        hint=f"Say it: slipway heroku import {row.app} --env {one}, with ENV one of {', '.join(known) or 'none yet'}.",
    )


def _name(row: Coupled, crowded: bool) -> str:
    return app_name(row.app if crowded or not row.pipeline else row.pipeline)


def app_name(text: str) -> str:
    """What the catalogue can call an app: without the stage at its end, no longer than names may be."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    letters = re.sub(r"^[^a-z]+", "", _SUFFIX.sub("", plain) or plain)
    return letters[:LONGEST].rstrip("-") or "app"

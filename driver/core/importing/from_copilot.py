"""From Copilot's manifests to apps: services that run one image are processes of one app."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from driver.core.config.variables import check_names
from driver.core.importing.copilot_services import JOB, TYPES, WEB_TYPES, Service, service
from driver.core.importing.imported import Imported
from driver.core.importing.places import app_name
from driver.core.values.secret import SecretValues
from driver.errors import InvalidInput
from model.procfile.advice import WEB
from model.settings.overriding import merge

Manifest = Mapping[str, object]
ALONE: Final = (
    "a job whose image nothing else runs, and an app has a process that runs all the time; build it into the image of a"
    " service, and add it there as a process with command and schedule"
)


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """A folder of Copilot's: the application, its environments, and the manifest of each service and job by name."""

    application: str
    environments: tuple[str, ...]
    manifests: Mapping[str, Manifest]


def imported(found: Workspace, env: str, copilot_env: str) -> tuple[list[Imported], dict[str, str]]:
    """The apps in `env`, which was Copilot's `copilot_env`; why some services and jobs are none, by name."""
    failed = {name: why for name, row in found.manifests.items() if (why := _unfit(row))}
    good = [service(name, _of(row, copilot_env)) for name, row in found.manifests.items() if name not in failed]
    groups: dict[str, list[Service]] = {}
    for one in good:
        groups.setdefault(one.build, []).append(one)
    failed |= {one.name: ALONE for rows in groups.values() if all(one.kind == JOB for one in rows) for one in rows}
    apps = [rows for rows in groups.values() if rows[0].name not in failed]
    return [_app(found.application, rows, env, copilot_env, len(apps) == 1) for rows in apps], failed


def environment(given: str, known: Sequence[str]) -> tuple[str, str]:
    """`ENV` or `COPILOT=ENV` as both names. Raises InvalidInput for an environment that is not there."""
    theirs, equals, ours = given.partition("=")
    ours = ours if equals else theirs
    if ours not in known:
        raise InvalidInput(
            f"unknown environment {ours}; this project has {', '.join(known) or 'none'}",
            hint="Where Copilot calls it otherwise: --env COPILOT_ENV=ENV",
        )
    return ours, theirs


def _unfit(manifest: Manifest) -> str:
    kind = manifest.get("type")
    return "" if kind in TYPES else f"a {kind}, which runs in no container of yours"


def _of(manifest: Manifest, env: str) -> Manifest:
    """The manifest in an environment: its part laid over the rest, key by key."""
    environments = manifest.get("environments")
    own = environments.get(env) if isinstance(environments, Mapping) else None
    merged = merge({key: value for key, value in manifest.items() if key != "environments"}, own or {})
    return merged if isinstance(merged, Mapping) else manifest


def _app(application: str, rows: list[Service], env: str, copilot_env: str, alone: bool) -> Imported:
    webs = [row for row in rows if row.kind in WEB_TYPES]
    named = {row.name: WEB if webs == [row] else row.name for row in rows}
    name = app_name(application if alone and application else rows[0].name)
    given = {key: value for row in rows for key, value in row.values.items()}
    clashing = sorted({key for row in rows for key, value in row.values.items() if given[key] != value})
    left = dict.fromkeys(clashing, "services of one image have other values of it; an app has one")
    left |= {key: problems[0] for key in given if (problems := check_names([key]))}
    values = {key: value for key, value in given.items() if key not in left}
    secrets = sorted({key for row in rows for key in row.secrets})
    todos = [todo for row in rows for todo in row.todos]
    if secrets:
        todos.append(
            f"set what Copilot took from SSM or Secrets Manager: slipway config set {env} {name} {' '.join(secrets)}"
        )
    todos.append(f"give its image to: slipway image wrap {env} {name} --from IMAGE --path DIR")
    return Imported(
        name=name,
        env=env,
        origin=f"{', '.join(row.name for row in rows)} of Copilot, as in {copilot_env}",
        rows={named[row.name]: row.row for row in rows},
        requires=tuple(sorted({*values, *secrets, *clashing})),
        hosts=webs[0].hosts if len(webs) == 1 else (),
        values=SecretValues(values),
        left=left,
        todos=tuple(todos),
    )

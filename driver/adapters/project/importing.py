"""An import's part of the project folder: what the settings files have, and new texts for them that were checked."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from driver.adapters.project.settings_writer import Keys, added, write
from driver.adapters.project.stack_files import environments, load_settings
from driver.adapters.project.yaml_file import read_yaml
from driver.core.importing.settings_edit import Edit, Present
from driver.errors import InvalidInput
from model.settings.file_keys import PREFIX

PROJECT = "Pulumi.yaml"
JOBS = """\
one process for each job of Heroku's scheduler: its command, and when it runs (UTC there as here)
nightly: {cpu: 256, memory: 512, schedule: "cron(30 3 * * ? *)"}    # every day at 3:30
hourly: {cpu: 256, memory: 512, schedule: "cron(10 * * * ? *)"}     # every hour at :10
often: {cpu: 256, memory: 512, schedule: "rate(10 minutes)"}
"""


def stack_name(env: str) -> str:
    """The file of an environment."""
    return f"Pulumi.{env}.yaml"


def present(project: Path) -> Present:
    """What there is, of all environments. Raises InvalidInput."""
    stacks = {env: _rows(read_yaml(project / stack_name(env)).get("config")) for env in environments(project)}
    return Present(
        apps=_catalogue(read_yaml(project / PROJECT))[1],
        overrides={env: _rows(config.get(f"{PREFIX}overrides")) for env, config in stacks.items()},
        cutover={env: _rows(config.get(f"{PREFIX}cutover")) for env, config in stacks.items()},
    )


def texts(project: Path, edit: Edit) -> dict[str, str]:
    """The new text of each file that changes, by its name. Nothing is written.

    Raises InvalidInput where the settings would not do with them, for any environment.
    """
    found: dict[str, str] = {}
    if edit.apps:
        place, _ = _catalogue(read_yaml(project / PROJECT))
        found[PROJECT] = _text(project / PROJECT, [(place, edit.apps)], dict.fromkeys(edit.jobs, JOBS))
    for env in edit.environments:
        rows: list[tuple[Keys, Mapping[str, object]]] = []
        for key, new in (("overrides", edit.overrides.get(env)), ("cutover", edit.cutover.get(env))):
            rows += [(("config", f"{PREFIX}{key}"), new)] if new else []
        found[stack_name(env)] = _text(project / stack_name(env), rows, {})
    _check(project, found, edit)
    return found


def write_all(project: Path, found: Mapping[str, str]) -> None:
    """Write the new texts."""
    for name, text in found.items():
        write(project / name, text)


def _text(path: Path, rows: Sequence[tuple[Keys, Mapping[str, object]]], note: Mapping[str, str]) -> str:
    return added(path.read_text(encoding="utf-8"), path.name, rows, note)


def _catalogue(whole: Mapping[str, object]) -> tuple[Keys, Mapping[str, object]]:
    """Where the catalogue is in Pulumi.yaml, and what it has."""
    config = _rows(whole.get("config"))
    key = next((key for key in ("apps", f"{PREFIX}apps") if key in config), "apps")
    entry = _rows(config.get(key))
    inner = "default" if "default" in entry and "value" not in entry else "value"
    return ("config", key, inner), _rows(entry.get(inner))


def _rows(data: object) -> Mapping[str, object]:
    return data if isinstance(data, Mapping) else {}


def _check(project: Path, found: Mapping[str, str], edit: Edit) -> None:
    """The settings of every environment, as they would be."""
    with tempfile.TemporaryDirectory(prefix="slipway-") as name:
        folder = Path(name)
        for path in (project / PROJECT, *(project / stack_name(env) for env in environments(project))):
            shutil.copy(path, folder)
        for file, text in found.items():
            (folder / file).write_text(text, encoding="utf-8")
        for env in environments(project):
            try:
                apps = load_settings(folder, env).apps
            except InvalidInput as error:
                raise InvalidInput(
                    f"with what would be written, {error.message}", hint="Nothing was written."
                ) from None
            if lost := [app for app in edit.apps if app not in apps]:
                raise InvalidInput(
                    f"{stack_name(env)} has a catalogue of its own, so {', '.join(lost)} in {PROJECT} would be nowhere",
                    hint="Move its slipway:apps to config/apps/value in Pulumi.yaml.",
                )

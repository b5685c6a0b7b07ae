"""Where the variables of an app in an environment are, and how a change of them is told and written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from driver import console

if TYPE_CHECKING:
    from driver.core.config.variables import Edit
    from driver.core.ports import Config, Vault


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the variables of one app in one environment are."""

    vault: "Vault"
    mount: str
    path: str
    env: str
    app: str
    requires: tuple[str, ...] = ()

    def read(self) -> "Config":
        """The variables. Raises NotReady with the command that sets those that the app needs."""
        from driver.core.config import variables as configs
        from driver.errors import NotReady

        found = self.vault.find(self.mount, self.path)
        if found is None:
            raise NotReady(
                f"there are no variables at {self.mount}/{self.path} in Vault",
                hint=f"Set them: {configs.setting(self.env, self.app, self.requires)}",
            )
        return found


def place_of(project: Path, env: str, name: str) -> Place:
    from driver.adapters.project.stack_files import load_settings
    from driver.adapters.vault.kv import HashicorpVault
    from driver.core.config import variables as configs
    from driver.core.environment import app_of

    settings = load_settings(project, env, (name,), console.say)
    requires = app_of(settings, name).requires
    path, vault = configs.path(env, name), HashicorpVault(settings.vault)
    return Place(vault=vault, mount=settings.vault.mount, path=path, env=env, app=name, requires=requires)


def current(place: Place, *, anew: bool, yes: bool) -> "Config | None":
    """The variables now, None where there are none yet; those that were deleted are written over only by who says all
    of them `anew`, and says yes. Raises Interrupted when the answer is no."""
    from driver.core.config.variables import Deleted
    from driver.errors import Interrupted

    try:
        return place.vault.find(place.mount, place.path)
    except Deleted as error:
        if not anew:
            raise
        question = f"{error.message}: begin anew with what the file has?"
        if not console.confirm(question, yes=yes, instead="If that is meant, add --yes."):
            raise Interrupted("nothing was changed") from None
        return None


def write(
    place: Place,
    before: "Config | None",
    change: "Callable[[Mapping[str, str]], Edit]",
    *,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Say what differs, by name, and write it on top of the version that it was compared with; removing is asked for.

    Raises Interrupted when the answer is no, Busy when another version was written meanwhile.
    """
    from driver.errors import Interrupted

    edit = change(before.values if before else {})
    if edit.empty:
        same = f"{place.app} in {place.env}: nothing differs, nothing was written"
        console.reply(same, _facts(place, edit, before, written=False), as_json=as_json)
        return
    for line in edit.lines():
        console.say(line)
    if "REMAP_SIGTERM" in edit.added:
        console.say(
            "note: with REMAP_SIGTERM Celery drops its tasks on ECS, which sends SIGTERM to it alone; leave it out"
        )
    if dry_run:
        console.reply("nothing was changed", _facts(place, edit, before, written=False), as_json=as_json)
        return
    question = f"Remove {', '.join(edit.removed)} from {place.app} in {place.env}?"
    if edit.removed and not console.confirm(question, yes=yes, instead="If that is meant, add --yes."):
        raise Interrupted("nothing was changed")
    version = place.vault.write(place.mount, place.path, edit.values, before.version if before else 0)
    done = f"{place.app} in {place.env}: config version {version}, {len(edit.values)} variables"
    console.reply(done, {**_facts(place, edit, before, written=True), "version": version}, as_json=as_json)
    console.say(
        f"What runs keeps the config of its release until: slipway deploy {place.env} {place.app} --config-only"
    )
    if before:
        console.say(f"Undo: slipway config rollback {place.env} {place.app} {before.version}")


def _facts(place: Place, edit: "Edit", before: "Config | None", *, written: bool) -> dict[str, object]:
    """A change for scripts: names, and no value."""
    names = {"added": list(edit.added), "changed": list(edit.changed), "removed": list(edit.removed)}
    return {
        "app": place.app,
        "env": place.env,
        "written": written,
        "version": before.version if before else None,
        **names,
    }

"""`slipway config history`, `diff`, `rollback` and `copy`: variables of other times and other environments, by name."""

from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.views.config_place import Place, place_of, write
from driver.views.options import App, DryRun, Env, Json, Yes

if TYPE_CHECKING:
    from driver.core.ports import Config

Number = Annotated[int | None, typer.Argument(metavar="[VERSION]", min=1, help="A version, as history lists them.")]
Other = Annotated[int | None, typer.Argument(metavar="[VERSION]", min=1, help="Another; the newest if left out.")]
With = Annotated[str, typer.Option("--with", metavar="ENV", help="Another environment, to hold its variables against.")]
Most = Annotated[int, typer.Option("-n", min=1, max=50, help="So many versions.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="[KEY]...", help="Names of variables; all if left out.")]
Replace = Annotated[bool, typer.Option("--replace", help="Write over those that have a value there.")]


def history(ctx: typer.Context, env: Env, name: App, most: Most = 10, as_json: Json = False) -> None:
    """List the versions of APP's variables, newest first, and what each changed, by name."""
    from driver.core.config.versions import steps

    place = place_of(ctx.obj, env, name)
    versions = place.vault.versions(place.mount, place.path)
    found = steps(versions, lambda number: place.vault.at(place.mount, place.path, number), most)
    if as_json:
        console.answer_json([step.facts() for step in found])
        return
    rows = [(str(step.version.version), f"{step.version.created[:19]}Z", step.told) for step in found]
    console.table(("version", "created", "changed"), rows)


def diff(
    ctx: typer.Context,
    env: Env,
    name: App,
    old: Number = None,
    new: Other = None,
    other: With = "",
    as_json: Json = False,
) -> None:
    """Show which variables differ between two versions, or between two environments; never a value."""
    from driver.core.config import variables as configs
    from driver.errors import InvalidInput

    if other and old is not None:
        raise InvalidInput("versions are of one environment; give either those or --with ENV")
    place = place_of(ctx.obj, env, name)
    if other:
        one, two, labels = place.read(), place_of(ctx.obj, other, name).read(), (env, other)
    else:
        one, two = _versions(place, old, new)
        labels = (f"version {one.version}", f"version {two.version}")
    edit = configs.diff(one.values, two.values)
    if as_json:
        names = {"added": list(edit.added), "changed": list(edit.changed), "removed": list(edit.removed)}
        console.answer_json({"from": labels[0], "to": labels[1], **names})
        return
    console.say(f"from {labels[0]} to {labels[1]}:")
    console.answer("\n".join(edit.lines()) or "nothing differs")


def _versions(place: Place, old: int | None, new: int | None) -> "tuple[Config, Config]":
    """Two versions: those that are named, or the newest and the one before it."""
    from driver.core.config.versions import target

    versions = place.vault.versions(place.mount, place.path)
    show = f"slipway config history {place.env} {place.app}"
    one = place.vault.at(place.mount, place.path, target(versions, old, show=show))
    if new is None:
        return one, place.read()
    return one, place.vault.at(place.mount, place.path, target(versions, new, show=show))


def rollback(
    ctx: typer.Context,
    env: Env,
    name: App,
    version: Number = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Write an older version of APP's variables as a new one; the one before the newest if none is named."""
    from driver.core.config import variables as configs
    from driver.core.config.versions import target

    place = place_of(ctx.obj, env, name)
    versions = place.vault.versions(place.mount, place.path)
    number = target(versions, version, show=f"slipway config history {env} {name}")
    old = place.vault.at(place.mount, place.path, number)
    console.say(f"{name} in {env}: back to version {number}, of {old.created[:19]}Z")
    before = None if versions[0].gone else place.read()
    write(place, before, lambda now: configs.diff(now, old.values), dry_run=dry_run, yes=yes, as_json=as_json)


def copy(
    ctx: typer.Context,
    source: Env,
    env: Annotated[str, typer.Argument(metavar="TO_ENV", help="The environment that gets them.")],
    name: App,
    keys: Names = None,
    replace: Replace = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Copy variables of APP from one environment to another, those that are new there; no value is shown."""
    from driver.core.config.versions import copied
    from driver.errors import InvalidInput

    if source == env:
        raise InvalidInput(f"{env} twice; name the environment that the variables come from, and the one they go to")
    given = place_of(ctx.obj, source, name).read()
    place = place_of(ctx.obj, env, name)
    before = place.vault.find(place.mount, place.path)
    kept = [] if replace or before is None else [key for key in keys or given.values if key in before.values]
    if kept:
        console.say(f"there already, and kept: {', '.join(kept)} (--replace takes those of {source})")
    write(
        place,
        before,
        lambda old: copied(given.values, old, keys or (), replace=replace),
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
    )


def edit(
    ctx: typer.Context, env: Env, name: App, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False
) -> None:
    """Change APP's variables in an editor ($VISUAL, $EDITOR or vi), several at once."""
    from driver.adapters.host.editor import edit as in_editor
    from driver.core.config import variables as configs
    from driver.core.config.editing import parse, render
    from driver.errors import InvalidInput

    place = place_of(ctx.obj, env, name)
    before = place.vault.find(place.mount, place.path)
    values = before.values if before else {}
    text, hidden = render(name, env, before.version if before else 0, values)
    kept = {key: values[key] for key in hidden}
    while True:
        text = in_editor(text, ".env")
        try:
            edited = parse(text, kept)
            break
        except InvalidInput as error:
            console.complain(error)
            if not console.interactive() or not console.confirm("Edit it again?", yes=False, instead=""):
                raise InvalidInput("what was edited can't be read", hint="Nothing was written.") from None
    write(place, before, lambda old: configs.diff(old, edited), dry_run=dry_run, yes=yes, as_json=as_json)

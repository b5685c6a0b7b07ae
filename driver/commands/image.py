"""`slipway image`: an app's folder as an image, and the images that there are."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from driver import console
from driver.commands import image_build, image_name, image_wrap
from driver.commands.image_folder import PathOption, TagOption, images_of, named, read, say, settings_of
from driver.core.values.moments import moment
from driver.views.options import App, DryRun, Env, Json

if TYPE_CHECKING:
    from driver.core.ports import Image, Packed
    from model.settings.environment import Settings

app = typer.Typer(no_args_is_help=True, help="Make images of an app, and list those that there are.")
app.command("build")(image_build.run)
app.command("wrap")(image_wrap.run)
app.command("name")(image_name.name)
app.command("source")(image_name.source)


@app.command("push")
def push(
    ctx: typer.Context,
    env: Env,
    name: App,
    path: PathOption = Path(),
    tag: TagOption = None,
    as_json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Pack the folder of APP, with a script for each line of its Procfile, and push it. Prints the image.

    The image holds the folder and nothing below it: no system, no interpreter. That is enough for the sandbox; for
    Fargate, build one with a Dockerfile and lay the scripts over it with `image wrap`.
    """
    from driver.core.image.ignore_rules import secrets

    settings, spec = settings_of(ctx.obj, env, name)
    procfile, advice = read(path, name, spec)
    packed = _pack(path, procfile, tag, settings)
    keys = [path.as_posix() for path in secrets(path)]
    for key in keys:
        console.say(f"note: {path / key} looks like a key or a password and goes in; name it in .dockerignore")
    repository = settings.names(name).repository
    if dry_run:
        facts = {"folder": str(path.resolve()), "repository": repository, "tag": packed.tag, "dry_run": True}
        text = f"{path.resolve()} would be pushed as {repository}:{packed.tag}; nothing was changed"
        console.reply(text, facts, as_json=as_json)
        return
    image = images_of(settings).push(repository, packed, console.say)
    if as_json:
        console.answer_json({**_plain(image, packed), "advice": [asdict(row) for row in advice], "keys": keys})
    else:
        console.answer(image.reference)
    console.say(f"Release it: slipway deploy {env} {name} --image {packed.tag}")


@app.command("entrypoints")
def entrypoints(path: PathOption = Path(), as_json: Json = False) -> None:
    """Write entrypoint-PROCESS.sh for each line of the Procfile, for a Dockerfile to copy."""
    from driver.adapters.project.app_folder import read_procfile
    from driver.core.image.entrypoints import write

    procfile, advice = read_procfile(path)
    say(advice)
    written = [str(script) for script in write(procfile, path)]
    if as_json:
        console.answer_json({"scripts": written, "advice": [asdict(row) for row in advice]})
    for script in written if not as_json else ():
        console.answer(script)


@app.command("list")
def list_images(ctx: typer.Context, env: Env, name: App, as_json: Json = False) -> None:
    """List the images of APP, newest first."""
    from model.names.names import KEEP

    settings, _ = settings_of(ctx.obj, env, name)
    rows = images_of(settings).list(settings.names(name).repository)
    if as_json:
        console.answer_json(
            [{"tags": row.tags, "digest": row.digest, "pushed": row.pushed, "bytes": row.size} for row in rows]
        )
        return
    console.table(
        ("tag", "digest", "pushed", "size", "kept for"),
        [
            (
                ", ".join(tag for tag in row.tags if not tag.startswith(KEEP)),
                row.digest[:19],
                moment(row.pushed),
                f"{row.size / 1e6:.1f} MB",
                ", ".join(tag.removeprefix(KEEP) for tag in row.tags if tag.startswith(KEEP)),
            )
            for row in rows
        ],
    )


def _pack(path: Path, procfile: Mapping[str, str], tag: str | None, settings: "Settings") -> "Packed":
    from driver.core.image import packing
    from driver.core.image.entrypoints import scripts

    source, naming = named(path, settings)
    return packing.pack(path, scripts(procfile), source, tag, naming)


def _plain(image: "Image", packed: "Packed") -> dict[str, object]:
    source = image.source.model_dump(exclude_none=True) if image.source else None
    return {"reference": image.reference, "digest": image.digest, "tag": packed.tag, "source": source}

"""`slipway image`: an app's folder as an image, and the images that there are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.core.values.moments import moment
from driver.views.options import App, DryRun, Env, Json

if TYPE_CHECKING:
    from driver.core.ports import Image, Packed
    from model.procfile.advice import Advice
    from model.settings.app import App as Spec
    from model.settings.environment import Settings

app = typer.Typer(no_args_is_help=True, help="Push an app's folder as an image, and list its images.")

PathOption = Annotated[Path, typer.Option("--path", help="The app's folder, the one with the Procfile.")]
TagOption = Annotated[str | None, typer.Option("--tag", help="Its tag; without it, branch and commit.")]


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
    Fargate, build one from a Dockerfile that copies what `slipway image entrypoints` writes, and `docker push` it.
    """
    from driver.adapters.aws.ecr.images import EcrImages
    from driver.adapters.aws.session import Session
    from driver.adapters.project.app_folder import read_procfile
    from driver.core.image.ignore_rules import secrets

    settings, spec = _settings(ctx.obj, env, name)
    ports = {process: row.port for process, row in spec.processes.items() if row.port is not None}
    procfile, advice = read_procfile(path, ports)
    _check(name, spec, procfile)
    packed = _pack(path, procfile, tag)
    _say(advice)
    keys = [path.as_posix() for path in secrets(path)]
    for key in keys:
        console.say(f"note: {path / key} looks like a key or a password and goes in; name it in .dockerignore")
    repository = settings.names(name).repository
    if dry_run:
        facts = {"folder": str(path.resolve()), "repository": repository, "tag": packed.tag, "dry_run": True}
        text = f"{path.resolve()} would be pushed as {repository}:{packed.tag}; nothing was changed"
        console.reply(text, facts, as_json=as_json)
        return
    image = EcrImages(Session(settings.region), settings.registry.account).push(repository, packed, console.say)
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
    _say(advice)
    written = [str(script) for script in write(procfile, path)]
    if as_json:
        console.answer_json({"scripts": written, "advice": [asdict(row) for row in advice]})
    for script in written if not as_json else ():
        console.answer(script)


@app.command("list")
def list_images(ctx: typer.Context, env: Env, name: App, as_json: Json = False) -> None:
    """List the images of APP, newest first."""
    from driver.adapters.aws.ecr.images import EcrImages
    from driver.adapters.aws.session import Session
    from model.names.names import KEEP

    settings, _ = _settings(ctx.obj, env, name)
    rows = EcrImages(Session(settings.region), settings.registry.account).list(settings.names(name).repository)
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


def _settings(project: Path, env: str, name: str) -> "tuple[Settings, Spec]":
    from driver.adapters.project.stack_files import load_settings
    from driver.core.environment import app_of

    settings = load_settings(project, env)
    return settings, app_of(settings, name)


def _say(advice: "Sequence[Advice]") -> None:
    for row in advice:
        console.say(f"note: {row}")


def _check(name: str, spec: "Spec", procfile: Mapping[str, str]) -> None:
    """Each process runs its Procfile line, unless the catalogue gives it a command of its own. Raises InvalidInput."""
    from driver.errors import InvalidInput

    missing = [process for process, row in spec.processes.items() if row.command is None and process not in procfile]
    if missing:
        raise InvalidInput(
            f"the Procfile has no line for {', '.join(missing)}, which apps/{name}/processes names",
            hint=f"Add `{missing[0]}: <command>`, or give the process a command in the catalogue.",
        )
    for process in procfile:
        if process not in spec.processes:
            console.say(f"note: the Procfile's {process} is not in the catalogue, so nothing runs it")


def _pack(path: Path, procfile: Mapping[str, str], tag: str | None) -> "Packed":
    from driver.adapters.project import git
    from driver.core.image import packing
    from driver.core.image.entrypoints import scripts

    return packing.pack(path, scripts(procfile), git.source(path), tag)


def _plain(image: "Image", packed: "Packed") -> dict[str, object]:
    source = image.source.model_dump(exclude_none=True) if image.source else None
    return {"reference": image.reference, "digest": image.digest, "tag": packed.tag, "source": source}

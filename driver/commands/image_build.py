"""`image build`: an app's folder built by a Dockerfile or by buildpacks, with its entrypoints, and pushed."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from driver import console
from driver.commands.image_building import Job, Options, build, prepare
from driver.commands.image_folder import PathOption, TagOption, read, settings_of
from driver.commands.image_wrap import plain, tell
from driver.views.options import App, DryRun, Env, Json

Repeated = list[str] | None
FileOption = Annotated[Path | None, typer.Option("--file", "-f", help="The Dockerfile; PATH/Dockerfile if left out.")]
TargetOption = Annotated[str, typer.Option("--target", help="The stage of the Dockerfile to build.")]
PushOption = Annotated[bool, typer.Option("--push", help="Push it to APP's repository, its entrypoints over it.")]
BuilderOption = Annotated[
    str, typer.Option("--builder", envvar="SLIPWAY_BUILDER", help="docker, podman, nerdctl, finch or pack.")
]
ArgOption = Annotated[Repeated, typer.Option("--build-arg", metavar="NAME=VALUE", help="Repeatable.")]
SecretOption = Annotated[Repeated, typer.Option("--secret", metavar="id=ID,env=NAME", help="Or id=ID,src=FILE.")]
CacheFrom = Annotated[Repeated, typer.Option("--cache-from", help="As the tool takes it. Repeatable.")]
CacheTo = Annotated[Repeated, typer.Option("--cache-to", help="As the tool takes it. Repeatable.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Build every step anew.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show the tool's own words only where it fails.")]


def run(
    ctx: typer.Context,
    env: Env,
    name: App,
    path: PathOption = Path(),
    tag: TagOption = None,
    file: FileOption = None,
    target: TargetOption = "",
    push: PushOption = False,
    builder: BuilderOption = "",
    build_arg: ArgOption = None,
    secret: SecretOption = None,
    cache_from: CacheFrom = None,
    cache_to: CacheTo = None,
    no_cache: NoCache = False,
    quiet: Quiet = False,
    as_json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Build APP's folder by its Dockerfile, or by Heroku's buildpacks where there is none. Prints the image."""
    from driver.core.image.entrypoints import scripts

    settings, spec = settings_of(ctx.obj, env, name)
    procfile, _ = read(path, name, spec)
    options = Options(
        path=path,
        tag=tag,
        file=file,
        target=target,
        builder=builder,
        build_args=tuple(build_arg or ()),
        secrets=tuple(secret or ()),
        cache_from=tuple(cache_from or ()),
        cache_to=tuple(cache_to or ()),
        no_cache=no_cache,
        quiet=quiet,
    )
    job = prepare(settings, name, scripts(procfile), options)
    _carry_out(job, f"{env} {name}", push=push, as_json=as_json, dry_run=dry_run)


def _carry_out(job: Job, place: str, *, push: bool, as_json: bool, dry_run: bool) -> None:
    lines = [shlex.join(argv) for argv in job.commands]
    if dry_run:
        facts = {"builder": job.tool, "commands": [list(argv) for argv in job.commands], "dry_run": True}
        console.reply("\n".join([*lines, "nothing was changed"]), facts, as_json=as_json)
        return
    wrapped, image = build(job, push=push)
    tell(wrapped, job.request.local)
    reference = job.request.local if image is None else image.reference
    facts = {"builder": job.tool, "reference": reference, "pushed": image is not None, **plain(wrapped)}
    facts |= {} if image is None else {"digest": image.digest}
    console.reply(reference, {**facts, "source": _source(job)}, as_json=as_json)
    if image is None:
        console.say("It is built, and stays on this machine; --push pushes it with its entrypoints.")
    else:
        console.say(f"Release it: slipway deploy {place} --image {wrapped.tag}")


def _source(job: Job) -> dict[str, object] | None:
    """What it was built of."""
    return None if job.wish.source is None else job.wish.source.model_dump(exclude_none=True)

"""`image wrap`: entrypoints over an image that is there."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from driver import console
from driver.commands.image_folder import PathOption, TagOption, images_of, named, read, settings_of
from driver.views.options import App, DryRun, Env, Json

if TYPE_CHECKING:
    from driver.core.image.wrapping import Wrapped

BaseOption = Annotated[
    str, typer.Option("--from", metavar="IMAGE", help="The image: a reference, or a tag or digest of the app's own.")
]
PlatformOption = Annotated[
    list[str] | None, typer.Option("--platform", help="Such as linux/arm64; all of Linux if left out. Repeatable.")
]


def run(
    ctx: typer.Context,
    env: Env,
    name: App,
    base: BaseOption,
    path: PathOption = Path(),
    tag: TagOption = None,
    platform: PlatformOption = None,
    as_json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Lay the scripts of APP's Procfile over any image, and push that to APP's repository. Prints the image.

    Needs no Docker: the scripts are one small layer more, no layer of the image is changed, and all its platforms
    come along.
    """
    from driver.adapters.aws.ecr.wrapping import EcrWrapping
    from driver.core.image.entrypoints import scripts
    from driver.core.image.wrapping import Wish

    settings, spec = settings_of(ctx.obj, env, name)
    procfile, advice = read(path, name, spec)
    repository = settings.names(name).repository
    source, naming = named(path, settings)
    kept = tuple(platform or ())
    wish = Wish(base=base, scripts=scripts(procfile), source=source, tag=tag, platforms=kept, naming=naming)
    wrapping = EcrWrapping(images_of(settings), repository, settings.platforms()[repository])
    if dry_run:
        wrapped = wrapping.look(wish)
        tell(wrapped, base)
        facts = {**plain(wrapped), "repository": repository, "dry_run": True}
        text = f"{base} would be pushed as {repository}:{wrapped.tag}; nothing was changed"
        console.reply(text, facts, as_json=as_json)
        return
    wrapped, image = wrapping.push(wish, console.say)
    tell(wrapped, base)
    if as_json:
        answer = {"reference": image.reference, "digest": image.digest, **plain(wrapped)}
        console.answer_json({**answer, "advice": [asdict(row) for row in advice]})
    else:
        console.answer(image.reference)
    console.say(f"Release it: slipway deploy {env} {name} --image {wrapped.tag}")


def tell(wrapped: "Wrapped", base: str) -> None:
    """Say what was laid over an image, and what of it is left out."""
    for piece in wrapped.pieces:
        size = f"{len(piece.layer.raw) / 1e3:.1f} kB"
        console.say(f"{piece.platform}: one layer of {size} with the scripts, in {piece.workdir}")
    if wrapped.left_out:
        console.say(f"note: left out of {base}: {', '.join(wrapped.left_out)}")


def plain(wrapped: "Wrapped") -> dict[str, object]:
    """The same, for scripts."""
    return {
        "tag": wrapped.tag,
        "base": wrapped.base,
        "platforms": {piece.platform: piece.manifest.digest for piece in wrapped.pieces},
        "layers": sorted({piece.layer.digest for piece in wrapped.pieces}),
        "left_out": list(wrapped.left_out),
    }

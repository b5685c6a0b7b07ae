"""`image name` and `image source`: what an image of a folder is called, and what it is built of."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from driver import console
from driver.commands.image_folder import PathOption, settings_of
from driver.views.options import App, Env, Json

if TYPE_CHECKING:
    from driver.core.image.checkout import Checkout


def name(ctx: typer.Context, env: Env, app: App, path: PathOption = Path(), as_json: Json = False) -> None:
    """Print the tag that an image of APP gets: branch, build and commit of the folder; on the mainline no build."""
    from driver.adapters.project import git
    from driver.core.image.entrypoints import scripts
    from driver.core.image.naming import default_tag, naming
    from driver.core.image.packing import content_digest
    from model.procfile.procfile import parse_procfile

    settings, _ = settings_of(ctx.obj, env, app)
    checkout = git.checkout(path)
    by = naming(checkout, settings.registry.mainline)
    source = checkout.source if checkout else None
    content = ""
    if source is None or source.dirty:
        procfile = path / "Procfile"
        lines = parse_procfile(procfile.read_text(encoding="utf-8"), str(procfile)) if procfile.is_file() else {}
        content = content_digest(path, scripts(lines))
    tag = default_tag(source, content, by)
    repository = settings.names(app).repository
    mainline = bool(source and source.branch and by.is_mainline(source.branch))
    console.reply(tag, {"tag": tag, "repository": repository, "mainline": mainline}, as_json=as_json)


def source(path: PathOption = Path(), as_json: Json = False) -> None:
    """Show what the folder is a checkout of: branch, commit, and whether it is that branch merged into another."""
    from driver.adapters.project import git
    from driver.errors import InvalidInput

    checkout = git.checkout(path)
    if checkout is None:
        raise InvalidInput(
            f"{path} is no checkout of a git repository with a commit",
            hint="Name a folder that is: --path DIR. An image of any other is named by its content.",
        )
    if as_json:
        console.answer_json(_plain(checkout))
        return
    for label, value in _rows(checkout):
        console.answer(f"{label:<12}{value}")


def _rows(checkout: "Checkout") -> Iterator[tuple[str, str]]:
    source, build = checkout.source, checkout.build
    yield "branch", source.branch or "- (a bare commit)"
    yield "commit", f"{source.commit}{', with uncommitted changes' if source.dirty else ''}"
    if source.merged:
        yield "", f"this is {source.branch} merged into {source.target}, which no branch has"
        yield "tip", f"{source.tip}, which is what anybody else builds who builds {source.branch}"
    if source.target:
        cut = "unknown: the clone is shallow, and does not reach back to it" if checkout.shallow else "unknown"
        yield "target", source.target
        yield "merge base", source.merge_base or cut
    if checkout.remote:
        yield "origin", checkout.remote
    if build is not None:
        yield "build", f"{build.number or '-'} of {build.system}{f', {build.url}' if build.url else ''}"


def _plain(checkout: "Checkout") -> dict[str, object]:
    build = checkout.build
    return {
        **checkout.source.model_dump(),
        "merged": checkout.source.merged,
        "shallow": checkout.shallow,
        "origin": checkout.remote or None,
        "build": None if build is None else {"system": build.system, "number": build.number, "url": build.url},
    }

"""What `image build` and `pipeline` share: a folder built, saved, looked through, and pushed with its entrypoints."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from driver import console
from driver.commands.image_folder import images_of, named

if TYPE_CHECKING:
    from driver.adapters.oci.archive import Archive
    from driver.core.image.building import Argv, Request, Tool
    from driver.core.image.wrapping import Wish, Wrapped
    from driver.core.ports import Image
    from model.settings.environment import Settings


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a folder is built; what is left out is found out."""

    path: Path
    tag: str | None = None
    file: Path | None = None
    target: str = ""
    builder: str = ""
    build_args: Sequence[str] = ()
    secrets: Sequence[str] = ()
    cache_from: Sequence[str] = ()
    cache_to: Sequence[str] = ()
    no_cache: bool = False
    quiet: bool = False


@dataclass(frozen=True, kw_only=True)
class Job:
    """What will be built, and what it is wrapped in."""

    settings: "Settings"
    repository: str
    tool: "Tool"
    request: "Request"
    wish: "Wish"
    options: Options

    @property
    def commands(self) -> "tuple[Argv, ...]":
        """What is run. Raises InvalidInput for what the tool can't."""
        from driver.core.image.building import commands

        return commands(self.tool, self.request)


def prepare(settings: "Settings", app: str, scripts: Mapping[str, str], options: Options) -> Job:
    """Find the tool, and say what it shall do. Raises NotReady without one, InvalidInput."""
    from driver.adapters.host import build_tools
    from driver.core.image.building import Request
    from driver.core.image.naming import check_tag
    from driver.core.image.wrapping import Wish

    check_tag(options.tag)
    source, naming = named(options.path, settings)
    repository = settings.names(app).repository
    file = options.file or options.path / "Dockerfile"
    local = f"slipway.local/{repository}:{(source.commit or '')[:12] if source else 'built'}"
    request = Request(
        context=options.path,
        local=local,
        archive=Path("image.tar"),
        platforms=settings.platforms()[repository],
        file=options.file,
        target=options.target,
        build_args=options.build_args,
        secrets=options.secrets,
        cache_from=options.cache_from,
        cache_to=options.cache_to,
        no_cache=options.no_cache,
    )
    tool = build_tools.find(options.builder, dockerfile=file.is_file())
    wish = Wish(base=local, scripts=scripts, source=source, tag=options.tag, naming=naming)
    return Job(settings=settings, repository=repository, tool=tool, request=request, wish=wish, options=options)


@contextmanager
def opened(job: Job) -> "Iterator[Archive]":
    """Build it, and read what came of it; the value of a secret in that is an error. Raises NotReady, InvalidInput."""
    from driver.adapters.host import build_tools
    from driver.adapters.oci.archive import Archive

    secrets = build_tools.secret_values(job.request.secrets)
    with tempfile.TemporaryDirectory(prefix="slipway-build-") as name:
        folder = Path(name)
        (folder / "read").mkdir()
        saved = replace(job, request=replace(job.request, archive=folder / "image.tar"))
        console.say(f"building {job.options.path} with {job.tool} for {', '.join(job.request.platforms)}")
        build_tools.run(saved.commands, secrets, console.say, quiet=job.options.quiet)
        yield Archive(folder / "image.tar", folder / "read", secrets)


def build(job: Job, *, push: bool) -> "tuple[Wrapped, Image | None]":
    """Build it, and push it with its entrypoints. Raises NotReady, InvalidInput, Unreachable."""
    from driver.adapters.aws.ecr.wrapping import EcrWrapping
    from driver.adapters.oci import wrapping

    with opened(job) as archive:
        if not push:
            return wrapping.read(archive, "", job.wish), None
        target = EcrWrapping(images_of(job.settings), job.repository, job.request.platforms)
        return target.push_from(archive, target.read(archive, job.wish), console.say)

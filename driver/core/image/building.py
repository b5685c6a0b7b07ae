"""The command lines by which an image is built and saved, for each of the tools that can.

https://docs.docker.com/reference/cli/docker/buildx/build/
https://docs.podman.io/en/latest/markdown/podman-build.1.html
https://github.com/containerd/nerdctl/blob/main/docs/command-reference.md#whale-nerdctl-build
https://buildpacks.io/docs/for-platform-operators/how-to/integrate-ci/pack/cli/pack_build/
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from driver.errors import InvalidInput

HEROKU_BUILDER: Final = "heroku/builder:24"
_SECRET_NAME: Final = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|API_?KEY|DATABASE_URL", re.IGNORECASE)

Argv = tuple[str, ...]


class Tool(StrEnum):
    """What builds. `docker` is Docker with buildx; without it, it has no secrets and no second platform."""

    BUILDX = "docker"
    LEGACY = "docker-legacy"
    PODMAN = "podman"
    NERDCTL = "nerdctl"
    FINCH = "finch"
    PACK = "pack"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to build. `secrets` and `build_args` are as the tools take them, such as `id=npm,env=NPM_TOKEN`.

    `local` is the name that the image gets on this machine, `archive` the file that it is saved to.
    """

    context: Path
    local: str
    archive: Path
    platforms: Sequence[str]
    file: Path | None = None
    target: str = ""
    build_args: Sequence[str] = ()
    secrets: Sequence[str] = ()
    cache_from: Sequence[str] = ()
    cache_to: Sequence[str] = ()
    no_cache: bool = False
    builder: str = HEROKU_BUILDER


def check(request: Request) -> None:
    """Raises InvalidInput for a build argument that would leave a secret in the image's history, and for what is no
    secret's source."""
    for given in request.build_args:
        name = given.partition("=")[0]
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise InvalidInput(f"--build-arg {name} is no name of a variable", hint="Write it as NAME=VALUE.")
        if _SECRET_NAME.search(name):
            raise InvalidInput(
                f"--build-arg {name}: a build argument stays in the image's history, for everybody to read",
                hint=f"Pass it as a secret, which stays in no layer: --secret id={name.lower()},env={name}",
            )
    for given in request.secrets:
        parts = fields(given)
        if not parts.get("id") or not (parts.get("env") or parts.get("src")):
            raise InvalidInput(
                f"--secret {given.partition('=')[0]}…: it has to say where its value is",
                hint="Write it as id=NAME,env=VARIABLE or id=NAME,src=FILE.",
            )


def fields(given: str) -> dict[str, str]:
    """What a `--secret` says, by name; `source` is another word for `src`."""
    rows = (part.partition("=") for part in given.split(","))
    found = {name.strip(): value for name, _, value in rows}
    return {**found, **({"src": found["source"]} if "source" in found else {})}


def commands(tool: Tool, request: Request) -> tuple[Argv, ...]:
    """What is run, one after the other, until the archive is there. Raises InvalidInput for what the tool can't."""
    check(request)
    return _TOOLS[tool](request)


def _buildx(request: Request) -> tuple[Argv, ...]:
    own = (*_platforms(request), "--provenance=false", "--sbom=false", *_common(request), *_cache(request))
    if len(request.platforms) > 1:
        return (("docker", "buildx", "build", *own, "--output", f"type=oci,dest={request.archive}", _context(request)),)
    # What every driver of buildx can: the image in Docker's own store, and from there.
    build = ("docker", "buildx", "build", *own, "--load", "--tag", request.local, _context(request))
    return (build, ("docker", "save", "--output", str(request.archive), request.local))


def _legacy(request: Request) -> tuple[Argv, ...]:
    lacking = ["--secret"] if request.secrets else []
    if request.cache_from or request.cache_to:
        lacking.append("--cache-from or --cache-to")
    if len(request.platforms) > 1:
        lacking.append("second platform")
    if lacking:
        raise InvalidInput(
            f"this Docker has no buildx, without which there is no {' and no '.join(lacking)}",
            hint="Install Docker's buildx plugin, or choose another tool: --builder podman",
        )
    build = ("docker", "build", *_common(request), "--tag", request.local, _context(request))
    return (build, ("docker", "save", "--output", str(request.archive), request.local))


def _podman(request: Request) -> tuple[Argv, ...]:
    build = ("podman", "build", "--format", "oci", *_platforms(request), *_common(request), *_cache(request))
    if len(request.platforms) == 1:
        save = ("podman", "save", "--format", "oci-archive", "--output", str(request.archive), request.local)
        return ((*build, "--tag", request.local, _context(request)), save)
    push = ("podman", "manifest", "push", "--all", request.local, f"oci-archive:{request.archive}")
    return ((*build, "--manifest", request.local, _context(request)), push)


def _nerdctl(program: str) -> Callable[[Request], tuple[Argv, ...]]:
    def run(request: Request) -> tuple[Argv, ...]:
        own = (*_platforms(request), *_common(request), *_cache(request))
        return ((program, "build", *own, "--output", f"type=oci,dest={request.archive}", _context(request)),)

    return run


def _pack(request: Request) -> tuple[Argv, ...]:
    wrong = [name for name, given in (("--secret", request.secrets), ("--target", request.target)) if given]
    if wrong or len(request.platforms) > 1:
        raise InvalidInput(
            f"buildpacks take no {' and no '.join(wrong or ['second platform'])}",
            hint="Write a Dockerfile for what they can't, or leave it out.",
        )
    arguments = [word for given in request.build_args for word in ("--env", given)]
    clear = ("--clear-cache",) if request.no_cache else ()
    own = ("--path", _context(request), "--builder", request.builder, "--trust-builder")
    platform = ("--platform", request.platforms[0])
    save = ("docker", "save", "--output", str(request.archive), request.local)
    return (("pack", "build", request.local, *own, *platform, *arguments, *clear), save)


_TOOLS: Mapping[Tool, Callable[[Request], tuple[Argv, ...]]] = {
    Tool.BUILDX: _buildx,
    Tool.LEGACY: _legacy,
    Tool.PODMAN: _podman,
    Tool.NERDCTL: _nerdctl("nerdctl"),
    Tool.FINCH: _nerdctl("finch"),
    Tool.PACK: _pack,
}


def _platforms(request: Request) -> Argv:
    return ("--platform", ",".join(request.platforms))


def _common(request: Request) -> Argv:
    words = ["--file", str(request.file)] if request.file else []
    words += ["--target", request.target] if request.target else []
    words += [word for given in request.build_args for word in ("--build-arg", given)]
    words += [word for given in request.secrets for word in ("--secret", given)]
    return (*words, "--no-cache") if request.no_cache else tuple(words)


def _cache(request: Request) -> Argv:
    words = [word for given in request.cache_from for word in ("--cache-from", given)]
    return (*words, *(word for given in request.cache_to for word in ("--cache-to", given)))


def _context(request: Request) -> str:
    return str(request.context)

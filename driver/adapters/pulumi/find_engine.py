"""Finds the Pulumi engine, or gets it: ``python -m driver.adapters.pulumi.find_engine`` prints its path."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from driver.adapters.pulumi import install_engine
from driver.adapters.pulumi.install_progress import is_usable, parse_version
from engine import ENGINE_VERSION

_ANSWER_SECONDS: Final = 30
_SOURCES: Final = ("any", "build")


class EngineMissingError(Exception):
    """No Pulumi engine was found and none could be got; `hint` says what would do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def find(say: Callable[[str], None], *, env: Mapping[str, str], cache: Path | None = None) -> Path:
    """The path of an engine: SLIPWAY_ENGINE, else `pulumi` on PATH, else the cache, else installed or built into it.

    On PATH any engine of the pinned major version does whose minor version is the pinned one or newer; the cache
    (``$XDG_CACHE_HOME/slipway/engine`` or ``~/.cache/slipway/engine``) holds exactly the pinned version, at
    ``v<version>/bin/pulumi``, so that its folder is a root for `pulumi.automation.PulumiCommand`.
    SLIPWAY_ENGINE_SOURCE is ``any`` or ``build``, which leaves the installer out. `say` gets a line of the story at a
    time. Raises EngineMissingError.
    """
    given = env.get("SLIPWAY_ENGINE")
    if given:
        return _given(given, env)
    source = _source(env)
    kept = cache or _cache_folder(env)
    return _on_path(say, env, _cached(kept)) or _from_cache(say, env, kept, source)


def look(*, env: Mapping[str, str], cache: Path | None = None) -> Path | None:
    """The engine that `find` would give without getting one; None where it would. Raises EngineMissingError."""
    given = env.get("SLIPWAY_ENGINE")
    if given:
        return _given(given, env)
    cached = _cached(cache or _cache_folder(env))
    return _on_path(_unheard, env, cached) or (cached if cached.is_file() else None)


def _unheard(_line: str) -> None:
    """Nobody is told."""


def _given(given: str, env: Mapping[str, str]) -> Path:
    path = Path(given).expanduser().absolute()
    if _version(path, env) is None:
        raise EngineMissingError(
            f"SLIPWAY_ENGINE: {path} is not a Pulumi engine: it doesn't answer `pulumi version`",
            f"let it name a `pulumi` of {ENGINE_VERSION} or newer, or unset it to have one found or built",
        )
    return path


def _source(env: Mapping[str, str]) -> str:
    source = env.get("SLIPWAY_ENGINE_SOURCE") or "any"
    if source not in _SOURCES:
        raise EngineMissingError(f"SLIPWAY_ENGINE_SOURCE: {source!r} is not a source", f"use {' or '.join(_SOURCES)}")
    return source


def _on_path(say: Callable[[str], None], env: Mapping[str, str], cached: Path) -> Path | None:
    found = shutil.which("pulumi", path=env.get("PATH", ""))
    if found is None:
        return None
    if Path(found).absolute() == cached:
        # What is there has the pinned version, and asking would start it once more for each command.
        return cached
    version = _version(Path(found), env)
    if version is not None and is_usable(version, ENGINE_VERSION):
        return Path(found).absolute()
    said = f"is {version}" if version else "doesn't answer `pulumi version`"
    say(f"engine: {found} {said}; {ENGINE_VERSION} or a newer one of that major version is needed, looking further")
    return None


def _version(engine: Path, env: Mapping[str, str]) -> str | None:
    # Without the variable it asks the network for a newer version first.
    quiet = {**env, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            (str(engine), "version"), env=quiet, capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = answer.stdout.strip()
    return said if parse_version(said) else None


def _cache_folder(env: Mapping[str, str]) -> Path:
    base = env.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "slipway" / "engine"


def _cached(cache: Path) -> Path:
    return cache.absolute() / f"v{ENGINE_VERSION}" / "bin" / "pulumi"


def _from_cache(say: Callable[[str], None], env: Mapping[str, str], cache: Path, source: str) -> Path:
    cache = cache.absolute()
    engine = _cached(cache)
    if engine.is_file():
        return engine
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / f"v{ENGINE_VERSION}.lock", say):
            if not engine.is_file():
                _get(say, env, engine, source)
    except OSError as error:
        raise EngineMissingError(f"no engine can be put into {cache}: {error.strerror}", _would_do()) from error
    return engine


@contextmanager
def _alone(lock: Path, say: Callable[[str], None]) -> Iterator[None]:
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("engine: another process is getting it; waiting for that")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _get(say: Callable[[str], None], env: Mapping[str, str], engine: Path, source: str) -> None:
    final = engine.parent.parent
    request = install_engine.Request(
        target=final.with_name(f"{final.name}.part"), env=env, log=final.with_name(f"{final.name}.log"), say=say
    )
    ways = (install_engine.install, install_engine.build) if source == "any" else (install_engine.build,)
    reasons: list[str] = []
    for way in ways:
        # What a killed process left: nobody else is here while the lock is held.
        shutil.rmtree(request.target, ignore_errors=True)
        reason = way(request) or _publish(request.target, final, env)
        if reason is None:
            return
        reasons.append(reason)
    shutil.rmtree(request.target, ignore_errors=True)
    raise EngineMissingError(
        f"no Pulumi engine {ENGINE_VERSION}: {'; '.join(reasons)} (log: {request.log})", _would_do()
    )


def _publish(part: Path, final: Path, env: Mapping[str, str]) -> str | None:
    version = _version(part / "bin" / "pulumi", env)
    if version is None or parse_version(version) != parse_version(ENGINE_VERSION):
        return f"what came out answers {version or 'nothing'} to `pulumi version`"
    # A folder without an engine in it is nobody's.
    shutil.rmtree(final, ignore_errors=True)
    part.rename(final)
    return None


def _would_do() -> str:
    return (
        f"one of these does: put a `pulumi` of {ENGINE_VERSION} or newer on PATH "
        "(https://www.pulumi.com/docs/install/), set SLIPWAY_ENGINE to the path of one, "
        "or install Go 1.25 or newer (https://go.dev/dl/) so that it can be built here"
    )


def main() -> int:
    """Prints the engine's path to stdout and the story to stderr; 1 where there is none."""
    try:
        path = find(_tell, env=os.environ)
    except EngineMissingError as error:
        sys.stderr.write(f"{error}\n{error.hint}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

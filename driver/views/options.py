"""Arguments and options that several commands share, so that they read alike everywhere."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Annotated, Any

import typer

from driver.views.completing import apps, environments

Env = Annotated[
    str, typer.Argument(metavar="ENV", help="The environment: dev, staging, prod.", autocompletion=environments)
]
App = Annotated[str, typer.Argument(metavar="APP", help="The app, as the catalogue names it.", autocompletion=apps)]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for scripts.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
LockWait = Annotated[
    float, typer.Option("--lock-wait", min=0, help="Seconds to wait for somebody else's deploy of the same app.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Tell every event of ECS, in its own words.")]
Refresh = Annotated[
    bool, typer.Option("--refresh", help="Look at everything at AWS first, and not only for what is gone.")
]
Message = Annotated[str, typer.Option("--message", "-m", help="Why: it is kept with the release.")]
Timeout = Annotated[
    int | None, typer.Option("--timeout", min=1, help="Seconds that the rollout may take; deploy/timeout if left out.")
]
ReleaseTimeout = Annotated[
    int | None,
    typer.Option(
        "--release-timeout",
        min=1,
        help="Seconds that the release process may take; deploy/release_timeout if left out.",
    ),
]
Prove = Annotated[
    bool, typer.Option("--prove", help="Try out a process whose count is 0 with one task; otherwise it is not proven.")
]
Force = Annotated[
    list[str] | None, typer.Option("--force", metavar="FINDING", help="Go on despite a finding of the preflight.")
]
NoRollbackPast = Annotated[
    bool,
    typer.Option("--no-rollback-past", help="Refuse later to go back to anything older: it won't fit the database."),
]


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """The options of every command that releases an image."""

    message: Message = ""
    no_rollback_past: NoRollbackPast = False
    timeout: Timeout = None
    release_timeout: ReleaseTimeout = None
    prove: Prove = False
    force: Force = None
    lock_wait: LockWait = 0
    verbose: Verbose = False
    dry_run: DryRun = False
    yes: Yes = False
    as_json: Json = False


def releasing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; it gets them as its last parameter, `options`."""
    own = [row for row in inspect.signature(command).parameters.values() if row.name != "options"]
    shared = [
        inspect.Parameter(row.name, inspect.Parameter.KEYWORD_ONLY, default=row.default, annotation=row.type)
        for row in fields(Releasing)
    ]

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401 - whatever typer has read
        options = Releasing(**{row.name: given.pop(row.name) for row in shared})
        command(**given, options=options)

    run.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    run.__annotations__ = {row.name: row.annotation for row in (*own, *shared)}
    return run


def number_of(release: str) -> int:
    """The number of a release that was written v43 or 43. Raises InvalidInput."""
    from driver.errors import InvalidInput

    if not release.removeprefix("v").isdigit():
        raise InvalidInput(f"{release} is no release", hint="A release is written v43 or 43.")
    return int(release.removeprefix("v"))

"""Arguments and options that several commands share, so that they read alike everywhere."""

from typing import Annotated

import typer

Env = Annotated[str, typer.Argument(metavar="ENV", help="The environment: dev, staging, prod.")]
App = Annotated[str, typer.Argument(metavar="APP", help="The app, as the catalogue names it.")]
Json = Annotated[bool, typer.Option("--json", help="Answer as JSON, for scripts.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
LockWait = Annotated[
    float, typer.Option("--lock-wait", min=0, help="Seconds to wait for somebody else's deploy of the same app.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
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


def number_of(release: str) -> int:
    """The number of a release that was written v43 or 43. Raises InvalidInput."""
    from driver.errors import InvalidInput

    if not release.removeprefix("v").isdigit():
        raise InvalidInput(f"{release} is no release", hint="A release is written v43 or 43.")
    return int(release.removeprefix("v"))

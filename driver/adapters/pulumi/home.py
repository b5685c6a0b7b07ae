"""The engine's home without the logs that it writes by itself.

At each run the engine writes a log of everything that it was told, and of every property of every resource that the
program asks about; it has no switch for that. Among 100 apps this was an eighth of what a deploy costs, and
3 MB on the disk of whoever deploys. What an update did is told by its events and kept in the stack's history.

https://www.pulumi.com/docs/iac/cli/environment-variables/ (PULUMI_HOME)
"""

import contextlib
from collections.abc import Mapping
from pathlib import Path

KEPT = "SLIPWAY_ENGINE_LOGS"
"""Set to anything, the engine writes its logs as ever, for `pulumi logs` to show, and is sent debug messages too."""
SHARED = ("plugins", "workspaces")
LOGS = "logs"


def prepared(folder: Path, env: Mapping[str, str]) -> dict[str, str]:
    """The environment variables with which an engine works from such a home, made in the folder of its run.

    All else in it is the real one: logins, plugins, and what the engine adds to them.
    """
    if env.get(KEPT):
        return {}
    real, home = real_home(env), folder / "home"
    home.mkdir()
    for name in SHARED:
        # The engine will make it; in the folder of this run that would be for this run only.
        with contextlib.suppress(OSError):
            (real / name).mkdir(parents=True, exist_ok=True)
    for entry in real.iterdir() if real.is_dir() else ():
        if entry.name != LOGS:
            (home / entry.name).symlink_to(entry)
    # A file where it wants a directory: it does without, and says nothing.
    (home / LOGS).touch()
    # It looks for newer versions once a day, by a file that is not there the next time.
    return {"PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "true"}


def real_home(env: Mapping[str, str]) -> Path:
    """Where the engine keeps logins and plugins."""
    named = env.get("PULUMI_HOME")
    return (Path(named) if named else Path("~/.pulumi").expanduser()).absolute()

"""Who runs the command, as the ledger has it."""

import getpass
import os
import socket
from collections.abc import Mapping

CI = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_USER")
"""Where GitHub Actions, GitLab CI and Jenkins say on whose behalf they work."""


def whoami(env: Mapping[str, str] = os.environ) -> str:
    """`user@host`; in CI the person on whose behalf it works."""
    for name in CI:
        if env.get(name):
            return f"{env[name]} (CI)"
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"

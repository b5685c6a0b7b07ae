"""The environment variables that point a shell, a test or the demo at a sandbox."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from sandbox.daemon import lifecycle, state_bucket
from sandbox.errors import SandboxError
from sandbox.state_dir import Folder, Record

# Nothing secret: state that it protects lives as long as the emulator, and a checkout's salt must fit the next one.
PASSPHRASE = "slipway-sandbox"
# Load balancers have addresses of 127.0.0.0/8, which curl and requests understand.
HERE = ("localhost", "127.0.0.1", "::1", "127.0.0.0/8")
# What would lead an AWS or Vault client past the sandbox to a real account.
UNSET = (
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "VAULT_NAMESPACE",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
)


def environment(path: Path) -> dict[str, str]:
    """The variables with their values, PATH complete; raises SandboxError when no sandbox runs there."""
    folder = Folder(path.resolve())
    record = lifecycle.current(folder)
    if record is None:
        raise SandboxError(f"no sandbox runs in {folder.path}", "run `slipway sandbox up`")
    own = [str(folder.bin), record.engine] if record.engine else [str(folder.bin)]
    rest = [part for part in os.environ.get("PATH", os.defpath).split(":") if part not in own]
    return {**variables(folder, record), **_no_proxy(os.environ), "PATH": ":".join([*own, *rest])}


def _no_proxy(given: Mapping[str, str]) -> dict[str, str]:
    """This machine is not asked through a proxy, and what was not before is not now."""
    found = given.get("no_proxy") or given.get("NO_PROXY") or ""
    named = [part.strip() for part in found.split(",") if part.strip()]
    hosts = ",".join([*named, *(host for host in HERE if host not in named)])
    return {"NO_PROXY": hosts, "no_proxy": hosts}


def variables(folder: Folder, record: Record) -> dict[str, str]:
    """All but PATH."""
    backend = {
        "endpoint": f"127.0.0.1:{record.port}",
        "region": record.region,
        "disableSSL": "true",
        "s3ForcePathStyle": "true",
    }
    return {
        "AWS_ENDPOINT_URL": record.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": record.region,
        "AWS_DEFAULT_REGION": record.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        # The emulator sends no checksums, and the engine would say so with each read of its state.
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        "VAULT_ADDR": record.vault,
        "VAULT_TOKEN": record.vault_token,
        "PULUMI_BACKEND_URL": f"s3://{state_bucket.NAME}?{urlencode(backend, safe=':')}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_HOME": str(folder.pulumi),
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DIY_BACKEND_GZIP": "true",
        "SLIPWAY_REGISTRY_MIRROR": record.mirror,
        "SLIPWAY_SANDBOX_DIR": str(folder.path),
    }


def export_lines(path: Path) -> str:
    """What `eval` in any POSIX shell takes in, under `set -u` too; raises SandboxError when no sandbox runs there."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment(path).items()]
    return "\n".join([f"unset {' '.join(UNSET)}", *exports]) + "\n"

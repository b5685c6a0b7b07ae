"""Orders faults of a running sandbox."""

import json
import urllib.error
import urllib.request
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sandbox.daemon import lifecycle
from sandbox.errors import SandboxError
from sandbox.state_dir import Folder

from .middleware import PATH
from .rules import Fault, Kind, Standing

TIMEOUT = 10.0
_LIST = TypeAdapter(list[Standing])


def endpoint(path: Path) -> str:
    """Where the sandbox of this folder answers; raises SandboxError when none runs."""
    folder = Folder(path.resolve())
    record = lifecycle.current(folder)
    if record is None:
        raise SandboxError(f"no sandbox runs in {folder.path}", "run `slipway sandbox up`")
    return record.endpoint


def parse(**values: str | float | None) -> Fault:
    """A fault from what a person wrote; raises SandboxError naming what can't be used."""
    try:
        return Fault.model_validate(values)
    except ValidationError as error:
        found = [f"--{one['loc'][0]}: {one['input']!r}: {one['msg']}" for one in error.errors()]
        raise SandboxError("; ".join(found)) from error


def describe(standing: Standing) -> str:
    """One fault in words."""
    fault = standing.fault
    how = f"delay of {fault.delay:g} s" if fault.kind is Kind.DELAY else fault.kind.value
    left = [
        *([f"{standing.left} more request(s)"] if standing.left is not None else []),
        *([f"{standing.seconds_left:.0f} more s"] if standing.seconds_left is not None else []),
    ]
    return f"{standing.id}: {how} for {fault.service} {fault.operation}, {' or '.join(left) or 'until cleared'}"


def add(endpoint: str, fault: Fault) -> Standing:
    """Put a fault in force; raises SandboxError when the sandbox refuses it or can't be reached."""
    return Standing.model_validate_json(_call(endpoint, "POST", fault.model_dump_json().encode()))


def standing(endpoint: str) -> list[Standing]:
    """Faults in force; raises SandboxError."""
    return _LIST.validate_json(_call(endpoint, "GET"))


def clear(endpoint: str) -> int:
    """End all faults; how many there were; raises SandboxError."""
    return int(json.loads(_call(endpoint, "DELETE"))["cleared"])


def _call(endpoint: str, method: str, body: bytes | None = None) -> bytes:
    request = urllib.request.Request(endpoint + PATH, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        with error:
            raise SandboxError(f"the sandbox refused the fault: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise SandboxError(
            f"the sandbox at {endpoint} can't be reached: {error}", "run `slipway sandbox up`"
        ) from error

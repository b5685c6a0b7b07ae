"""Lays a version of the example out in a folder: ``python examples/example_versions.py v2 <folder>``."""

import shutil
import sys
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
# Until it is in an index that pip knows, the package travels with the code.
_REQUESTS: Final = _HERE.parent / "packages" / "requests_log" / "slipway_requests"
# Later releases are made from v2, so that a database which v2 migrated fits them.
LAYERS: Final = {
    "v1": (),
    "v2": ("v2",),
    "broken": ("v2", "broken"),
    "bad-migration": ("v2", "bad-migration"),
}
_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "*.sqlite3*", "entrypoint-*.sh")


def lay_out(version: str, folder: Path) -> Path:
    """Copies the project and then the files in which `version` differs; KeyError for a version that isn't in LAYERS.

    Raises FileExistsError where `folder` is there already and not empty.
    """
    layers = LAYERS[version]
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: it is not empty; give a folder that doesn't exist")
    for source in (_HERE / "django", *(_HERE / "versions" / layer for layer in layers)):
        shutil.copytree(source, folder, ignore=_LEFT_OUT, dirs_exist_ok=True)
    shutil.copytree(_REQUESTS, folder / _REQUESTS.name, ignore=_LEFT_OUT)
    return folder


def main(arguments: list[str]) -> str | None:
    """Lays out what the command line asks for; the sentence to end with where that can't be done."""
    if len(arguments) != 2 or arguments[0] not in LAYERS:
        return f"usage: overlay.py {'|'.join(LAYERS)} <folder>"
    try:
        sys.stdout.write(f"{lay_out(arguments[0], Path(arguments[1]))}\n")
    except OSError as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

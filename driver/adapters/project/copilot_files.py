"""A folder of Copilot's: the manifests of its services, jobs and environments, read as people wrote them."""

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from driver.core.importing.from_copilot import Workspace
from driver.errors import InvalidInput, NotFound

MANIFEST = "manifest.yml"
NO_SERVICES = {"environments", "pipelines"}


def workspace(folder: Path) -> Workspace:
    """What the folder `copilot` in this one has. Raises NotFound without a manifest, InvalidInput for one that is no
    YAML."""
    root = folder / "copilot" if (folder / "copilot").is_dir() else folder
    files = {
        path.parent.name: path for path in sorted(root.glob(f"*/{MANIFEST}")) if path.parent.name not in NO_SERVICES
    }
    if not files:
        raise NotFound(f"{folder} has no copilot/*/{MANIFEST}", hint="Name the folder that copilot/ is in.")
    rows = {name: _read(path) for name, path in files.items()}
    settings = root / ".workspace"
    own = _read(settings) if settings.is_file() else {}
    return Workspace(
        application=str(own.get("application", "")),
        environments=tuple(sorted(path.parent.name for path in root.glob(f"environments/*/{MANIFEST}"))),
        manifests={str(row.get("name", name)): row for name, row in rows.items()},
    )


def _read(path: Path) -> Mapping[str, object]:
    """A manifest by the rules of YAML 1.2, as Copilot reads it: `on` is a name there."""
    name = "/".join(path.parts[-3:])
    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{name} can't be read: {getattr(error, 'strerror', None) or 'it is no UTF-8'}") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        raise InvalidInput(f"{name}{where}: {getattr(error, 'problem', None) or 'it is no YAML'}") from None
    if not isinstance(data, Mapping):
        raise InvalidInput(f"{name} holds no mapping; a manifest begins with `name:` and `type:`")
    return data

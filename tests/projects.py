"""Projects for tests and benchmarks: copies of the repository's own, with settings changed in their files."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
REGIONS = {"dev": "eu-west-1", "staging": "eu-central-1", "prod": "eu-north-1"}
"""Where each environment is, once they have a region each."""
PROCESSES = {
    "web": {"port": 8000, "scaling": {"min": 1, "max": 4}},
    "worker": {"count": 1},
    "mailer": {"count": 1},
    "release": {},
}


@contextmanager
def edited(path: Path) -> Iterator[dict[str, Any]]:
    """The settings in a project's or a stack's file; what the block changes in them is written when it ends."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    yield data["config"]
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


@contextmanager
def edited_catalogue(folder: Path) -> Iterator[dict[str, Any]]:
    """The apps of a project; what the block changes in them is written when it ends."""
    with edited(folder / "Pulumi.yaml") as config:
        yield config["apps"]["value"]


def copied(source: Path, folder: Path, *envs: str) -> Path:
    """A project with these environments of another one, in a folder that is made where it is not there."""
    folder.mkdir(exist_ok=True)
    for name in ("Pulumi.yaml", "__main__.py", *(f"Pulumi.{env}.yaml" for env in envs)):
        shutil.copy(source / name, folder)
    return folder


def project_copy(folder: Path) -> Path:
    """The repository's own project with a second app, whose name extends the first one's."""
    copied(ROOT, folder, "dev")
    with edited_catalogue(folder) as apps:
        apps["example-two"] = {"processes": {"worker": {"count": 1}}}
    with edited(folder / "Pulumi.dev.yaml") as stack:
        # A killed command's lock is waited for.
        stack["slipway:deploy"]["lease"] = 4
    return folder


def add_what_follows_releases(folder: Path) -> Path:
    """A project whose example has a process that runs by the clock, and a backdoor: what moves with a release beside
    services."""
    with edited_catalogue(folder) as apps:
        processes = apps["example"]["processes"]
        processes["cleanup"] = {"command": ["python", "-c", "print('clean')"], "schedule": "rate(1 hour)"}
        processes["backdoor"] = {"kind": "backdoor", "command": ["sleep", "infinity"]}
    return folder


def many_apps(folder: Path, apps: int) -> None:
    """So many apps, each with a web, two workers and a release process, are a project's catalogue."""
    with edited(folder / "Pulumi.yaml") as config:
        config["apps"] = {"value": {f"app{number:02}": {"processes": PROCESSES} for number in range(1, apps + 1)}}


def in_regions(folder: Path, apps: int) -> Path:
    """The repository's own stack files, each environment in a region of its own, with so many apps."""
    copied(ROOT, folder, *REGIONS)
    many_apps(folder, apps)
    for env, region in REGIONS.items():
        path = folder / f"Pulumi.{env}.yaml"
        path.write_text(re.sub(r"eu-west-1(?=[a-z]|$)", region, path.read_text(), flags=re.MULTILINE))
        with edited(path) as stack:
            # The example's own overrides are for an app that is not here; images don't leave a region by themselves.
            stack.pop("slipway:overrides", None)
            stack["slipway:registry"] = {"owner": env}
    return folder

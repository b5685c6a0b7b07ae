"""A temporary work dir for the engine: copies of the two YAML files, with what this run adds to them.

The engine writes an `encryptionsalt` into a stack file that has none, so it never sees the checkout's own.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from driver.adapters.project.stack_files import stack_file
from driver.adapters.project.yaml_file import DUMPER, read_yaml
from driver.adapters.pulumi.run_config import with_run
from driver.core.ports import Update


@contextmanager
def prepared(project: Path, update: Update) -> Iterator[Path]:
    """A work dir for one update, gone afterwards."""
    stack = read_yaml(stack_file(project, update.env))
    with tempfile.TemporaryDirectory(prefix="slipway-") as name:
        folder = Path(name)
        _write(folder / "Pulumi.yaml", _project(read_yaml(project / "Pulumi.yaml")))
        _write(folder / f"Pulumi.{update.env}.yaml", with_run(stack, update))
        yield folder


def _project(project: dict[str, object]) -> dict[str, object]:
    """The program runs in this very process, so the engine needs no virtual environment of it."""
    return {**project, "runtime": "python"}


def _write(path: Path, data: Mapping[str, object]) -> None:
    path.write_text(yaml.dump(dict(data), Dumper=DUMPER, sort_keys=False), encoding="utf-8")

import subprocess
import sys
from pathlib import Path

import pulumi
import pytest

from components.lambda_function import SHARED, code
from tests.projects import ROOT

PACKAGES = sorted(path.name for path in (ROOT / "functions").iterdir() if (path / "handler.py").exists())


def archived(package: str) -> dict[str, str]:
    """The files of an archive by their paths in it."""
    files = code(package).assets
    assert all(isinstance(asset, pulumi.StringAsset) for asset in files.values())
    return {path: asset.text for path, asset in files.items()}  # type: ignore[union-attr]


def test_there_are_functions() -> None:
    assert PACKAGES == ["alarm_relay", "log_compactor", "log_shipper", "queue_metrics", "queue_receiver"]


@pytest.mark.parametrize("package", PACKAGES)
def test_an_archive_has_the_files_of_the_function_and_of_what_it_shares_as_they_are(package: str) -> None:
    files = archived(package)
    folders = (package, *SHARED.get(package, ()))
    files_of = {folder: (ROOT / "functions" / folder).glob("*.py") for folder in folders}
    own = {f"functions/{folder}/{path.name}" for folder, paths in files_of.items() for path in paths}
    assert files.keys() == {"functions/__init__.py", *own}
    assert {f"functions/{package}/{name}.py" for name in ("__init__", "handler", "logic")} <= own
    assert files == {path: (ROOT / path).read_text(encoding="utf-8") for path in files}


def test_what_is_put_beside_the_code_is_in_its_package() -> None:
    files = code("queue_metrics", {"queues.json": "{}"}).assets
    beside = files.pop("functions/queue_metrics/queues.json")
    assert isinstance(beside, pulumi.StringAsset)
    assert beside.text == "{}"
    assert files.keys() == archived("queue_metrics").keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_an_archive_is_the_same_twice_and_knows_nothing_of_where_it_was_made(package: str) -> None:
    files = archived(package)
    assert list(files.items()) == list(archived(package).items())
    assert [path for path, text in files.items() if str(ROOT) in text or path.startswith("/")] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_the_handler_is_found_in_what_the_archive_unpacks_to(package: str, tmp_path: Path) -> None:
    for path, text in archived(package).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    words = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from functions.{package} import handler;"
        f" assert callable(handler.handle) and handler.__file__.startswith({str(tmp_path)!r})"
    )
    subprocess.run(
        [sys.executable, "-I", "-c", words], cwd=tmp_path, check=True, env={"AWS_DEFAULT_REGION": "eu-west-1"}
    )

"""Rules of the entrypoint files in an app's folder."""

from pathlib import Path

import pytest

from driver.core.image.entrypoints import check_shell, scripts, write
from model.errors import SpecError
from model.procfile.procfile import parse_procfile

PROCFILE = parse_procfile("release: migrate\nweb: serve\n")


def test_each_process_has_a_script_and_so_has_release() -> None:
    made = scripts(PROCFILE)
    assert list(made) == ["entrypoint-release.sh", "entrypoint-web.sh"]
    assert made["entrypoint-web.sh"].endswith("exec serve\n")


def test_scripts_are_written_ready_to_run(tmp_path: Path) -> None:
    assert write(PROCFILE, tmp_path) == (tmp_path / "entrypoint-release.sh", tmp_path / "entrypoint-web.sh")
    assert (tmp_path / "entrypoint-web.sh").read_text() == scripts(PROCFILE)["entrypoint-web.sh"]
    assert (tmp_path / "entrypoint-web.sh").stat().st_mode & 0o777 == 0o755


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    write(PROCFILE, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    write(PROCFILE, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_script_of_a_process_that_is_gone_goes_too(tmp_path: Path) -> None:
    write(parse_procfile("web: serve\nworker: work"), tmp_path)
    (tmp_path / "entrypoint-mine.sh").write_text("echo by hand\n")
    write(PROCFILE, tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"entrypoint-release.sh", "entrypoint-web.sh", "entrypoint-mine.sh"}


def test_a_script_written_by_hand_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "entrypoint-web.sh").write_text("echo by hand\n")
    with pytest.raises(SpecError, match=r"entrypoint-web.sh: this file was not made from the Procfile"):
        write(PROCFILE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["entrypoint-web.sh"]


@pytest.mark.parametrize("base", ["python:3.12-alpine", ""])
def test_a_line_that_needs_bash_is_refused_with_its_place_where_the_image_has_none(base: str) -> None:
    procfile = parse_procfile("web: serve\nrelease: if [[ $A ]]; then ./migrate; fi\n")
    if not base:
        check_shell(procfile, base)
        return
    with pytest.raises(SpecError) as caught:
        check_shell(procfile, base)
    assert str(caught.value) == (
        "Procfile:2: the command of 'release' needs bash for [[ … ]], and an image built on python:3.12-alpine"
        " has none; install bash in the Dockerfile, or write the line for sh"
    )

"""Rules of reading an app's folder, with files as people have them."""

import os
from pathlib import Path

import pytest

from driver.adapters.project.app_folder import read_procfile
from driver.errors import InvalidInput
from model.errors import SpecError
from model.procfile.entrypoint_script import SCRIPT_MARK


def test_a_procfile_comes_with_what_is_to_be_mended(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve\nbeat: celery beat &\n")
    procfile, advice = read_procfile(tmp_path)
    assert dict(procfile) == {"web": "serve", "beat": "celery beat &"}
    assert [(row.place, row.rule) for row in advice] == [(f"{tmp_path / 'Procfile'}:2", "background")]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("while true; do work", "syntax error: unexpected end of file"),
        ("a ) b", "syntax error near unexpected token"),
        ("if [[ x ]]; then", "syntax error: unexpected end of file"),
        ("a && && b", "syntax error near unexpected token"),
    ],
)
def test_what_no_shell_can_read_is_refused_with_the_shells_own_words(command: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text(f"# it\nweb: {command}\n")
    with pytest.raises(SpecError) as caught:
        read_procfile(tmp_path)
    assert caught.value.path == f"{tmp_path / 'Procfile'}:2"
    assert said in caught.value.message


def test_a_shell_only_reads_a_line(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text(f"web: touch {tmp_path / 'ran'}; touch $(touch {tmp_path / 'ran'})\n")
    read_procfile(tmp_path)
    assert not (tmp_path / "ran").exists()


def test_an_image_without_bash_refuses_a_line_that_needs_it(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve <(env)\n")
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\n")
    read_procfile(tmp_path)
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-alpine\n")
    with pytest.raises(SpecError, match=r"Procfile:1: the command of 'web' needs bash for <\( … \)"):
        read_procfile(tmp_path)


def test_a_script_written_by_hand_is_refused_whoever_asks(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve\n")
    (tmp_path / "entrypoint-web.sh").write_text("#!/bin/sh\nserve\n")
    with pytest.raises(SpecError, match=r"entrypoint-web\.sh: this file was not made from the Procfile"):
        read_procfile(tmp_path)
    (tmp_path / "entrypoint-web.sh").write_text(f"#!/bin/sh\n{SCRIPT_MARK}\nserve\n")
    read_procfile(tmp_path)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("web: serve\n".encode("utf-16"), r"Procfile:1: the file is UTF-16"),
        ("# it\nweb: echo é\n".encode("latin-1"), r"Procfile:2: the file is no UTF-8"),
    ],
)
def test_bytes_that_are_no_utf_8_are_told_with_their_line(raw: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_bytes(raw)
    with pytest.raises(InvalidInput, match=said):
        read_procfile(tmp_path)


@pytest.mark.parametrize("name", ["procfile", "Procfile.txt", "PROCFILE"])
def test_a_file_of_nearly_that_name_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("web: serve\n")
    with pytest.raises(InvalidInput) as caught:
        read_procfile(tmp_path)
    assert caught.value.hint == f"There is {name}: call it Procfile."


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_procfile_that_may_not_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve\n")
    (tmp_path / "Procfile").chmod(0)
    with pytest.raises(InvalidInput, match="can't be read: Permission denied"):
        read_procfile(tmp_path)


def test_a_folder_by_the_name_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "Procfile").mkdir()
    with pytest.raises(InvalidInput, match="can't be read"):
        read_procfile(tmp_path)

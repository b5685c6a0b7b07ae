"""`slipway config history`, `diff`, `rollback` and `copy` as they are typed, against a real OpenBao."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import hvac
import pytest
from typer.testing import CliRunner, Result

from driver.cli import build
from driver.errors import ExitCode
from tests.driver.conftest import TOKEN

pytestmark = pytest.mark.sandbox

SENTINEL = "sentinel-value-4711"
ROOT = Path(__file__).parents[3]
OF_APP = ("dev", "example")


class Shell:
    """Types commands into a copy of the project; no value is ever told."""

    def __init__(self, project: Path, vault: hvac.Client) -> None:
        self.project, self.kv = project, vault.secrets.kv.v2

    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        done = CliRunner().invoke(build(), ["--project", str(self.project), "config", *words], input=stdin)
        assert SENTINEL not in done.output
        return done

    def stored(self, path: str = "dev/example") -> dict[str, str]:
        answer = self.kv.read_secret_version(path=path, mount_point="secret", raise_on_deleted_version=True)
        found: dict[str, str] = answer["data"]["data"]
        return found


@pytest.fixture
def shell(vault_environment: str, tmp_path: Path) -> Iterator[Shell]:
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    made = Shell(tmp_path, hvac.Client(url=vault_environment, token=TOKEN))
    yield made
    for path in ("dev/example", "prod/example"):
        made.kv.delete_metadata_and_all_versions(path, mount_point="secret")


@pytest.fixture
def three(shell: Shell) -> Shell:
    """Three versions: A and B; A changed and C added; B removed."""
    for text in (f"A={SENTINEL}\nB=2\n", f"A=1\nB=2\nC={SENTINEL}\n", f"A=1\nC={SENTINEL}\n"):
        assert shell("import", *OF_APP, "-", "--replace", "--yes", stdin=text).exit_code == 0
    return shell


def test_history_tells_what_each_version_changed_by_name(three: Shell) -> None:
    done = three("history", *OF_APP)
    rows = [line.split(maxsplit=2) for line in done.stdout.splitlines()[1:]]
    assert [(version, changed) for version, _, changed in rows] == [("3", "-B"), ("2", "~A, +C"), ("1", "+A, +B")]
    facts = json.loads(three("history", *OF_APP, "-n", "2", "--json").stdout)
    assert [(row["version"], row["added"], row["removed"]) for row in facts] == [(3, [], ["B"]), (2, ["C"], [])]


def test_history_goes_on_where_versions_are_gone(three: Shell) -> None:
    three.kv.destroy_secret_versions("dev/example", versions=[2], mount_point="secret")
    rows = [line.split(maxsplit=2)[2] for line in three("history", *OF_APP).stdout.splitlines()[1:]]
    assert rows == ["the version before can't be read", "was destroyed", "+A, +B"]


def test_versions_and_environments_are_held_against_one_another(three: Shell) -> None:
    assert three("diff", *OF_APP).stdout == "- B\n"
    assert three("diff", *OF_APP, "1").stdout == "~ A\n- B\n+ C\n"
    assert three("diff", *OF_APP, "1", "2").stdout == "~ A\n+ C\n"
    three("import", "prod", "example", "-", stdin="A=1\nD=x\n")
    assert three("diff", *OF_APP, "--with", "prod").stdout == "- C\n+ D\n"
    facts = json.loads(three("diff", *OF_APP, "--with", "prod", "--json").stdout)
    assert facts == {"from": "dev", "to": "prod", "added": ["D"], "changed": [], "removed": ["C"]}


def test_a_rollback_writes_an_older_version_as_a_new_one(three: Shell) -> None:
    planned = three("rollback", *OF_APP, "1", "--dry-run")
    assert planned.stdout == "nothing was changed\n"
    assert "back to version 1" in planned.stderr
    assert "- C" in planned.stderr
    assert three("rollback", *OF_APP, "1").exit_code == ExitCode.INVALID_INPUT
    done = three("rollback", *OF_APP, "1", "--yes")
    assert done.stdout == "example in dev: config version 4, 2 variables\n"
    assert "Undo: slipway config rollback dev example 3" in done.stderr
    assert three.stored() == {"A": SENTINEL, "B": "2"}
    assert json.loads(three("rollback", *OF_APP, "--yes", "--json").stdout)["version"] == 5
    assert three.stored() == {"A": "1", "C": SENTINEL}


def test_a_rollback_brings_back_variables_whose_newest_version_was_deleted(three: Shell) -> None:
    three.kv.delete_latest_version_of_secret("dev/example", mount_point="secret")
    assert three("rollback", *OF_APP, "--yes").exit_code == 0
    assert three.stored() == {"A": "1", "B": "2", "C": SENTINEL}


def test_a_copy_brings_what_is_new_and_keeps_what_is_there(three: Shell) -> None:
    three("import", "prod", "example", "-", stdin="A=own\n")
    before = three.stored("prod/example")
    assert three("copy", "dev", "prod", "example", "--dry-run").stdout == "nothing was changed\n"
    assert three.stored("prod/example") == before
    done = three("copy", "dev", "prod", "example")
    assert "there already, and kept: A" in done.stderr
    assert three.stored("prod/example") == {"A": "own", "C": SENTINEL}
    assert three("copy", "dev", "prod", "example", "A", "--replace").exit_code == 0
    assert three.stored("prod/example") == {"A": "1", "C": SENTINEL}
    assert three("copy", "dev", "prod", "example").stdout.endswith("nothing differs, nothing was written\n")


def test_a_copy_makes_an_environment_that_has_none(three: Shell) -> None:
    assert three("copy", "dev", "prod", "example", "C").stdout == "example in prod: config version 1, 1 variables\n"
    assert three.stored("prod/example") == {"C": SENTINEL}


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("rollback", *OF_APP, "9"), ExitCode.INVALID_INPUT, "there is no version 9; there are 3, 2, 1"),
        (("diff", *OF_APP, "9"), ExitCode.INVALID_INPUT, "there is no version 9"),
        (("diff", *OF_APP, "1", "--with", "prod"), ExitCode.INVALID_INPUT, "versions are of one environment"),
        (("diff", *OF_APP, "--with", "prod"), ExitCode.NOT_READY, "there are no variables at secret/prod/example"),
        (("copy", "dev", "dev", "example"), ExitCode.INVALID_INPUT, "dev twice"),
        (("copy", "dev", "prod", "example", "X"), ExitCode.INVALID_INPUT, "X is not set there; set are: A, C"),
        (("rollback", "prod", "example"), ExitCode.NOT_READY, "there never were any variables"),
    ],
)
def test_what_is_not_there_is_one_sentence(three: Shell, words: tuple[str, ...], code: int, sentence: str) -> None:
    done = three(*words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert sentence in done.stderr


def test_changes_answer_scripts_with_names(shell: Shell) -> None:
    made = json.loads(shell("set", *OF_APP, "A", "--json", stdin=SENTINEL).stdout)
    assert made == {
        "app": "example", "env": "dev", "written": True, "version": 1, "added": ["A"], "changed": [], "removed": [],
    }  # fmt: skip
    assert json.loads(shell("import", *OF_APP, "-", "--dry-run", "--json", stdin="B=1\n").stdout)["written"] is False
    assert json.loads(shell("unset", *OF_APP, "A", "--yes", "--json").stdout)["removed"] == ["A"]


EDITOR = """\
#!/bin/sh
stat -c '%a' "$1" >> {log}
echo "$1" >> {log}
{does}
"""


def edited(shell: Shell, monkeypatch: pytest.MonkeyPatch, does: str, *words: str) -> tuple[Result, list[str]]:
    """The variables in an editor that does this to its file; its mode and its name then."""
    script, log = shell.project / "editor", shell.project / "log"
    script.write_text(EDITOR.format(log=log, does=does))
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(script))
    return shell("edit", *OF_APP, *words), log.read_text().splitlines()[-2:]


def test_an_editor_makes_several_changes_one_version(three: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    does = """sed -i -e 's/^A=.*/A=changed/' -e '/^C=/d' "$1"; echo 'NEW="two words"' >> "$1\""""
    planned, _ = edited(three, monkeypatch, does, "--dry-run")
    assert planned.stderr.splitlines() == ["~ A", "- C", "+ NEW"]
    done, (mode, name) = edited(three, monkeypatch, does, "--yes")
    assert done.stdout == "example in dev: config version 4, 2 variables\n"
    assert three.stored() == {"A": "changed", "NEW": "two words"}
    assert mode == "600"
    assert not Path(name).exists()
    assert not Path(name).parent.exists()


def test_an_editor_that_changes_nothing_writes_nothing(three: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    done, _ = edited(three, monkeypatch, "true")
    assert done.stdout == "example in dev: nothing differs, nothing was written\n"


@pytest.mark.parametrize(
    ("does", "code", "sentence"),
    [
        ("exit 1", ExitCode.INTERRUPTED, "the editor ended with 1; nothing was changed"),
        ("""echo "X='unclosed" >> "$1\"""", ExitCode.INVALID_INPUT, "what was edited can't be read"),
        ("""printf '\\377' >> "$1\"""", ExitCode.INVALID_INPUT, "not UTF-8"),
    ],
)
def test_what_an_editor_leaves_behind_may_be_wrong(
    three: Shell, monkeypatch: pytest.MonkeyPatch, does: str, code: int, sentence: str
) -> None:
    before = three.stored()
    done, (_, name) = edited(three, monkeypatch, does, "--yes")
    assert done.exit_code == code
    assert sentence in done.stderr
    assert three.stored() == before
    assert not Path(name).exists()


def test_an_editor_that_is_not_there_is_told(three: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "/nowhere/editor -w")
    done = three("edit", *OF_APP)
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "the editor /nowhere/editor can't be started: No such file" in done.stderr


def test_without_a_terminal_no_editor_is_opened_unasked(three: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    done = three("edit", *OF_APP)
    assert (done.exit_code, done.stdout) == (ExitCode.INVALID_INPUT, "")
    assert "slipway config import ENV APP FILE --replace" in done.stderr

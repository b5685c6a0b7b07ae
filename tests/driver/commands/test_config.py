"""`slipway config` as it is typed, against a real OpenBao."""

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


class Shell:
    """Types commands into a copy of the project."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.app = build()

    def __call__(self, *words: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(self.app, ["--project", str(self.project), "config", *words], input=stdin)


@pytest.fixture
def shell(vault_environment: str, tmp_path: Path) -> Iterator[Shell]:
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    yield Shell(tmp_path)
    client = hvac.Client(url=vault_environment, token=TOKEN)
    client.secrets.kv.v2.delete_metadata_and_all_versions("dev/example", mount_point="secret")


@pytest.fixture
def filled(shell: Shell) -> Shell:
    assert shell("import", "dev", "example", "-", stdin=f"A={SENTINEL}\nB=two words\n").exit_code == 0
    return shell


def test_a_list_shows_names_and_no_value_until_it_is_asked_to(filled: Shell) -> None:
    assert filled("list", "dev", "example").stdout == "NAME  VALUE\nA     ****\nB     ****\n"
    assert SENTINEL in filled("list", "dev", "example", "--reveal").stdout
    listed = filled("list", "dev", "example", "--json").stdout
    assert json.loads(listed)["version"] == 1
    assert list(json.loads(listed)["variables"]) == ["A", "B"]
    assert SENTINEL not in listed


def test_get_prints_one_value_and_nothing_else(filled: Shell) -> None:
    assert filled("get", "dev", "example", "B").stdout == "two words\n"
    missing = filled("get", "dev", "example", "C")
    assert missing.exit_code == ExitCode.INVALID_INPUT
    assert "Set are: A, B." in missing.stderr


def test_a_value_that_is_piped_in_needs_no_option(filled: Shell) -> None:
    done = filled("set", "dev", "example", "B", stdin=f"{SENTINEL}\n")
    assert done.exit_code == 0
    assert SENTINEL not in done.output
    assert filled("get", "dev", "example", "B").stdout == f"{SENTINEL}\n"


def test_nothing_on_stdin_is_no_value_unless_it_is_said_to_be(filled: Shell) -> None:
    before = filled("get", "dev", "example", "B").stdout
    refused = filled("set", "dev", "example", "B", stdin="")
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "nothing was read from standard input for B" in refused.stderr
    assert filled("get", "dev", "example", "B").stdout == before
    assert filled("set", "dev", "example", "B", "--stdin", stdin="").exit_code == 0
    assert filled("get", "dev", "example", "B").stdout == "\n"


def test_two_values_are_not_read_from_one_stdin(filled: Shell) -> None:
    refused = filled("set", "dev", "example", "A", "B", stdin="x\n")
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "slipway config import ENV APP -" in refused.stderr


def test_a_value_is_read_from_stdin_and_never_printed(filled: Shell) -> None:
    done = filled("set", "dev", "example", "B", "--stdin", stdin=f"{SENTINEL}\n")
    assert done.stdout == "example in dev: config version 2, 2 variables\n"
    assert done.stderr.splitlines() == [
        "~ B",
        "What runs keeps the config of its release until: slipway deploy dev example --config-only",
        "Undo: slipway config rollback dev example 1",
    ]
    assert filled("get", "dev", "example", "B").stdout == f"{SENTINEL}\n"


def test_a_value_in_the_command_line_is_refused_with_the_reason_and_not_repeated(filled: Shell) -> None:
    done = filled("set", "dev", "example", f"A={SENTINEL}-2")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "history" in done.stderr
    assert SENTINEL not in done.output


def test_without_a_terminal_nothing_waits_for_a_value(filled: Shell) -> None:
    done = filled("set", "dev", "example", "A")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "--stdin" in done.stderr


@pytest.mark.parametrize("name", ["PORT", "SLIPWAY_ENV", "a-b"])
def test_a_name_that_is_not_the_apps_to_set_is_refused(filled: Shell, name: str) -> None:
    assert filled("set", "dev", "example", name, "--stdin", stdin="x").exit_code == ExitCode.INVALID_INPUT


def test_an_import_merges_and_with_replace_removes_what_the_file_does_not_name(filled: Shell, tmp_path: Path) -> None:
    file = tmp_path / "app.env"
    file.write_text("C=3\n")
    assert filled("import", "dev", "example", str(file)).exit_code == 0
    assert list(json.loads(filled("list", "dev", "example", "--json").stdout)["variables"]) == ["A", "B", "C"]
    refused = filled("import", "dev", "example", str(file), "--replace")
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "Remove A, B from example in dev?" in refused.stderr
    assert filled("import", "dev", "example", str(file), "--replace", "--yes").exit_code == 0
    assert list(json.loads(filled("list", "dev", "example", "--json").stdout)["variables"]) == ["C"]


def test_a_file_with_a_mistake_writes_nothing(filled: Shell) -> None:
    done = filled("import", "dev", "example", "-", stdin=f"C=3\n{SENTINEL}-2\n")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "stdin:2: " in done.stderr
    assert SENTINEL not in done.output
    assert json.loads(filled("list", "dev", "example", "--json").stdout)["version"] == 1


def test_a_dry_run_names_what_would_change_and_changes_nothing(filled: Shell) -> None:
    done = filled("unset", "dev", "example", "A", "--dry-run")
    assert (done.stdout, done.stderr) == ("nothing was changed\n", "- A\n")
    assert json.loads(filled("list", "dev", "example", "--json").stdout)["version"] == 1


def test_unset_removes_and_the_last_value_may_go_too(filled: Shell) -> None:
    assert filled("unset", "dev", "example", "A", "B", "--yes").exit_code == 0
    assert filled("list", "dev", "example").stdout == "NAME  VALUE\n"


def test_what_is_set_already_makes_no_version(filled: Shell) -> None:
    done = filled("set", "dev", "example", "A", "--stdin", stdin=SENTINEL)
    assert done.stdout == "example in dev: nothing differs, nothing was written\n"
    assert json.loads(filled("list", "dev", "example", "--json").stdout)["version"] == 1


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("list", "dev", "nothing"), ExitCode.INVALID_INPUT, "unknown app nothing; the catalogue has example"),
        (("list", "nowhere", "example"), ExitCode.INVALID_INPUT, "unknown environment nowhere"),
        (("list", "dev", "example"), ExitCode.NOT_READY, "there are no variables at secret/dev/example in Vault"),
        (("import", "dev", "example", "/nothing"), ExitCode.INVALID_INPUT, "/nothing can't be read"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    shell: Shell, words: tuple[str, ...], code: ExitCode, sentence: str
) -> None:
    done = shell(*words)
    assert done.exit_code == code
    assert sentence in done.stderr
    assert done.stdout == ""


def test_without_a_vault_the_story_ends_with_its_address(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("VAULT_ADDR", "http://127.0.0.1:9")
        done = shell("list", "dev", "example")
    assert done.exit_code == ExitCode.UNREACHABLE
    assert "Vault at http://127.0.0.1:9 did not answer" in done.stderr


@pytest.fixture
def emptied(filled: Shell, vault_environment: str) -> Shell:
    """As after `vault kv delete`."""
    client = hvac.Client(url=vault_environment, token=TOKEN)
    client.secrets.kv.v2.delete_latest_version_of_secret("dev/example", mount_point="secret")
    return filled


@pytest.mark.parametrize(
    "words",
    [("list",), ("get", "A"), ("set", "A", "--stdin", "--yes"), ("unset", "A", "--yes"), ("import", "-", "--yes")],
)
def test_variables_that_were_deleted_are_told_and_not_written_over(emptied: Shell, words: tuple[str, ...]) -> None:
    done = emptied(words[0], "dev", "example", *words[1:], stdin="C=3\n")
    assert done.exit_code == ExitCode.NOT_READY
    assert "version 1 of the variables at secret/dev/example was deleted on" in done.stderr
    assert "vault kv undelete -mount=secret -versions=1 dev/example" in done.stderr


def test_who_brings_all_variables_may_begin_anew_and_is_asked(emptied: Shell) -> None:
    refused = emptied("import", "dev", "example", "-", "--replace", stdin="C=3\n")
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "begin anew with what the file has?" in refused.stderr
    assert emptied("import", "dev", "example", "-", "--replace", "--yes", stdin="C=3\n").exit_code == 0
    assert list(json.loads(emptied("list", "dev", "example", "--json").stdout)["variables"]) == ["C"]


def test_what_is_required_and_not_there_is_named_in_the_command_that_sets_it(shell: Shell) -> None:
    done = shell("list", "dev", "example")
    assert "slipway config set dev example SECRET_KEY DATABASE_URL ALLOWED_HOSTS" in done.stderr


def test_a_value_that_no_container_can_be_given_is_refused_at_the_door(filled: Shell) -> None:
    done = filled("set", "dev", "example", "A", "--stdin", stdin="a\0b")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "A holds a NUL" in done.stderr
    assert json.loads(filled("list", "dev", "example", "--json").stdout)["version"] == 1


def test_a_dialect_decides_what_a_line_means(shell: Shell) -> None:
    line = 'PW="it\'s \\$5\\!"\n'
    done = shell("import", "dev", "example", "-", stdin=line)
    assert (done.exit_code, "--dialect heroku" in done.stderr) == (ExitCode.INVALID_INPUT, True)
    assert shell("import", "dev", "example", "-", "--dialect", "heroku", stdin=line).exit_code == 0
    assert shell("get", "dev", "example", "PW").stdout == "it's $5!\n"


def test_what_heroku_needs_and_ecs_is_harmed_by_is_told(shell: Shell) -> None:
    done = shell("import", "dev", "example", "-", "--dry-run", stdin="REMAP_SIGTERM=SIGQUIT\n")
    assert "note: with REMAP_SIGTERM Celery drops its tasks" in done.stderr


def test_without_an_address_of_vault_no_dry_run_tells_a_story(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAULT_ADDR")
    done = shell("import", "dev", "example", "-", "--dry-run", stdin="A=1\n")
    assert (done.exit_code, done.stdout) == (ExitCode.NOT_READY, "")
    assert "VAULT_ADDR is not set" in done.stderr
    monkeypatch.undo()

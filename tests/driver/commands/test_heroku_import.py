"""`slipway heroku import` as it is typed, against a Heroku on this machine and a real OpenBao."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import hvac
import pytest
import yaml
from typer.testing import CliRunner, Result

from driver.adapters.project.stack_files import load_settings
from driver.cli import build
from driver.errors import ExitCode
from tests.driver.conftest import TOKEN as VAULT_TOKEN
from tests.fake_heroku import TOKEN, Heroku, served
from tests.heroku_apps import PIPELINES, SECRET, five, new

pytestmark = pytest.mark.sandbox

ROOT = Path(__file__).parents[3]
FILES = ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml")
APPS = ("acme-api", "acme-images", "acme-jobs", "acme-company-site-of-the-north")


class Desk:
    """A project, a Vault and a Heroku."""

    def __init__(self, project: Path, there: Heroku, vault: hvac.Client) -> None:
        self.project, self.there, self.vault = project, there, vault

    def __call__(self, *words: str) -> Result:
        done = CliRunner().invoke(build(), ["--project", str(self.project), "heroku", "import", *words])
        assert SECRET not in done.output
        assert TOKEN not in done.output
        return done

    def texts(self) -> list[str]:
        return [(self.project / name).read_text() for name in FILES]

    def stored(self, path: str) -> dict[str, str]:
        answer = self.vault.secrets.kv.v2.read_secret_version(
            path=path, mount_point="secret", raise_on_deleted_version=True
        )
        found: dict[str, str] = answer["data"]["data"]
        return found

    def paths(self) -> list[str]:
        found = self.vault.secrets.kv.v2
        try:
            envs = found.list_secrets(path="", mount_point="secret")["data"]["keys"]
        except hvac.exceptions.InvalidPath:
            return []
        rows = [(env, found.list_secrets(path=env, mount_point="secret")["data"]["keys"]) for env in envs]
        return [f"{env}{app}" for env, apps in rows for app in apps]


@pytest.fixture
def desk(vault_environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    with served(*five(), new(), pipelines=PIPELINES) as there:
        monkeypatch.setenv("HEROKU_HOST", there.url)
        monkeypatch.setenv("HEROKU_API_KEY", TOKEN)
        made = Desk(tmp_path, there, hvac.Client(url=vault_environment, token=VAULT_TOKEN))
        yield made
        for path in made.paths():
            made.vault.secrets.kv.v2.delete_metadata_and_all_versions(path, mount_point="secret")


def test_a_pipeline_comes_from_its_name_alone(desk: Desk) -> None:
    done = desk("--pipeline", "acme-shop", "--yes")
    assert done.exit_code == 0, done.output
    assert (ROOT / "tests/driver/commands/heroku_pipeline.txt").read_text() == f"{done.stderr}---\n{done.stdout}"
    prod, staging = (load_settings(desk.project, env).apps["acme-shop"] for env in ("prod", "staging"))
    assert (prod.processes["web"].count, prod.processes["web"].memory) == (2, 1024)
    assert (staging.processes["web"].count, staging.processes["web"].memory) == (1, 512)
    assert prod.processes["web"].hosts == ("www.acme.example",)
    assert staging.processes["web"].hosts == ()
    assert "DATABASE_URL" in prod.requires
    assert desk.stored("prod/acme-shop")["SECRET_KEY"] == SECRET
    assert "DATABASE_URL" not in desk.stored("prod/acme-shop")
    assert "schedule:" in (desk.project / "Pulumi.yaml").read_text()


def test_the_example_for_jobs_can_be_taken_as_it_stands(desk: Desk) -> None:
    desk("--pipeline", "acme-shop", "--yes")
    file = desk.project / "Pulumi.yaml"
    lines = file.read_text().splitlines()
    jobs = [line.replace("# ", "", 1) if "schedule:" in line else line for line in lines]
    file.write_text("\n".join(jobs) + "\n")
    scheduled = load_settings(desk.project, "dev").apps["acme-shop"].scheduled
    assert sorted(scheduled) == ["hourly", "nightly", "often"]


def test_a_plan_changes_nothing_and_a_second_import_has_nothing_to_do(desk: Desk) -> None:
    before = desk.texts()
    planned = desk(*APPS, "--env", "dev", "--dry-run")
    assert planned.stdout.splitlines()[-1] == "nothing was changed"
    assert (desk.texts(), desk.paths()) == (before, [])
    assert desk(*APPS, "--env", "dev", "--yes").exit_code == 0
    written, stored = desk.texts(), desk.paths()
    assert len(stored) == 4
    again = desk(*APPS, "--env", "dev", "--yes")
    assert again.stdout.splitlines()[-1] == "nothing differs, nothing was written"
    assert (desk.texts(), desk.paths()) == (written, stored)
    assert {method for method, _, _ in desk.there.asked} == {"GET"}


def test_a_script_reads_the_plan(desk: Desk) -> None:
    done = desk(*APPS, "--env", "dev", "--dry-run", "--json")
    facts = json.loads(done.stdout)
    assert facts["catalogue"] == ["acme-api", "acme-company-site-of-the", "acme-images", "acme-jobs"]
    assert facts["variables"]["dev/acme-api"] == {"added": ["NODE_ENV", "TOKEN"], "changed": [], "kept": []}
    assert facts["failed"] == {}
    assert facts["dry_run"] is True


def test_without_a_yes_or_a_terminal_nothing_is_written(desk: Desk) -> None:
    before = desk.texts()
    refused = desk("acme-api", "--env", "dev")
    assert refused.exit_code == ExitCode.INVALID_INPUT
    assert "add --yes" in refused.stderr
    assert (desk.texts(), desk.paths()) == (before, [])


def test_what_somebody_changed_in_vault_or_in_the_files_stays_unless_told(desk: Desk) -> None:
    desk("acme-api", "--env", "dev", "--yes")
    desk.vault.secrets.kv.v2.create_or_update_secret("dev/acme-api", {"TOKEN": "own", "X": "1"}, mount_point="secret")
    desk.there.apps["acme-api"].formation["web"] = (3, "Standard-2X")
    kept = desk("acme-api", "--env", "dev", "--yes")
    assert "there with another value, which stays: TOKEN" in kept.stderr
    assert "differs in processes/web: --differences" in kept.stderr
    assert desk.stored("dev/acme-api") == {"NODE_ENV": "production", "TOKEN": "own", "X": "1"}
    taken = desk("acme-api", "--env", "dev", "--yes", "--replace", "--differences")
    assert taken.exit_code == 0
    assert desk.stored("dev/acme-api") == {"NODE_ENV": "production", "TOKEN": SECRET, "X": "1"}
    assert load_settings(desk.project, "dev").apps["acme-api"].processes["web"].count == 3
    assert load_settings(desk.project, "prod").apps["acme-api"].processes["web"].count == 1


def test_one_that_can_not_be_imported_stops_no_other(desk: Desk) -> None:
    desk.there.forbidden = {"/apps/acme-images"}
    done = desk("acme-new", "acme-images", "acme-api", "acme-none", "--env", "dev", "--yes")
    assert done.exit_code == ExitCode.UNREACHABLE
    assert "left out: acme-new: acme-new has no release at Heroku yet" in done.stderr
    assert "left out: acme-images: Heroku refused" in done.stderr
    assert "left out: acme-none: Heroku: Couldn't find that app." in done.stderr
    assert set(load_settings(desk.project, "dev").apps) == {"acme-api", "example"}


def test_an_app_that_alone_fails_is_an_error_with_its_own_code(desk: Desk) -> None:
    done = desk("acme-new", "--env", "dev", "--yes")
    assert (done.exit_code, done.stdout) == (ExitCode.NOT_READY, "")
    assert "slipway settings reference" in done.stderr


def test_a_config_that_may_not_be_read_is_left_to_a_person(desk: Desk) -> None:
    desk.there.forbidden = {"/config-vars"}
    done = desk("acme-api", "--env", "dev", "--yes")
    assert done.exit_code == 0
    assert "- [ ] the config at Heroku can't be read: Heroku refused" in done.stdout
    assert desk.paths() == []


def test_names_of_a_zone_of_ours_are_shared_and_stay_at_heroku(desk: Desk) -> None:
    file = desk.project / "Pulumi.prod.yaml"
    stack = yaml.safe_load(file.read_text())
    zone = {"name": "acme.example", "id": "Z0123456789ABCDEFGHIJ"}
    stack["config"]["slipway:domain"] = {"name": "aws.acme.example", "zone": zone}
    file.write_text(yaml.safe_dump(stack))
    desk.there.apps["acme-shop-production"].domains |= {
        "acme.example": "apex.herokudns.com",
        "other.example": "o.x.com",
    }
    done = desk("--pipeline", "acme-shop", "--yes", "--no-config")
    assert done.exit_code == 0, done.output
    [(host, shared)] = load_settings(desk.project, "prod").cutover.items()
    assert (host, shared.heroku) == ("www.acme.example", "curved-kale.herokudns.com")
    assert (shared.weights.heroku, shared.weights.aws) == (100, 0)
    assert "acme.example: the top of a zone can't be shared" in done.stdout
    assert "other.example: not in the zone" in done.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "name apps of Heroku, or a --team, or a --pipeline"),
        (("acme-api", "--team", "acme"), "name apps of Heroku, or a --team, or a --pipeline"),
        (("acme-api", "--env", "tset"), "unknown environment tset; this project has dev, prod, staging"),
        (("acme-api",), "acme-api is in no pipeline, and it is not said which environment that is"),
        (("acme-api", "acme-jobs", "--as", "one", "--env", "dev"), "--as names one app"),
        (("acme-api", "--as", "No Name", "--env", "dev"), "is no name of an app"),
        (("--pipeline", "nowhere"), "Heroku: Couldn't find that app."),
    ],
)
def test_what_can_not_be_meant_is_one_sentence(desk: Desk, words: tuple[str, ...], sentence: str) -> None:
    before = desk.texts()
    done = desk(*words, "--yes")
    assert done.exit_code == ExitCode.INVALID_INPUT, done.output
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert desk.texts() == before

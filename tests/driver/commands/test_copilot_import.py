"""`slipway copilot import` as it is typed, on a workspace of Copilot's."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from driver.adapters.project.stack_files import load_settings
from driver.cli import build
from driver.errors import ExitCode

ROOT = Path(__file__).parents[3]
FILES = ("Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml")
MANIFESTS = {
    "api": """\
# The manifest for the "api" service.
name: api
type: Load Balanced Web Service
http: {path: /, alias: api.acme.example, healthcheck: /healthz}
image: {build: Dockerfile, port: 8080}
cpu: 256
memory: 512
count: 1
command: gunicorn shop.wsgi --bind 0.0.0.0:8080
variables: {LOG_LEVEL: info}
secrets: {SECRET_KEY: /copilot/acme/prod/secrets/SECRET_KEY}
environments:
  prod:
    cpu: 1024
    memory: 2048
    count: {range: 2-10, cpu_percentage: 70}
    variables: {LOG_LEVEL: warning}
""",
    "worker": """\
name: worker
type: Worker Service
image: {build: Dockerfile}
cpu: 512
memory: 1024
command: [celery, -A, shop, worker]
subscribe: {topics: [{name: orders, service: api}]}
""",
    "nightly": """\
name: nightly
type: Scheduled Job
image: {build: Dockerfile}
on:
  schedule: "30 3 * * 1-5"
command: python manage.py nightly
""",
    "admin": """\
name: admin
type: Backend Service
image: {build: {dockerfile: admin/Dockerfile}, port: 9000}
http: {path: /, healthcheck: /up}
command: serve
""",
    "report": "name: report\ntype: Scheduled Job\nimage: {build: report/Dockerfile}\non: {schedule: '@daily'}\n",
    "site": "name: site\ntype: Static Site\n",
}


class Desk:
    """A project and a workspace."""

    def __init__(self, folder: Path) -> None:
        self.project, self.workspace = folder / "project", folder / "acme"
        self.project.mkdir()
        for name in FILES:
            shutil.copy(ROOT / name, self.project)
        self.write({f"copilot/{name}/manifest.yml": text for name, text in MANIFESTS.items()})
        self.write({f"copilot/environments/{env}/manifest.yml": f"name: {env}\n" for env in ("test", "prod")})
        self.write({"copilot/.workspace": "application: acme\n"})

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def __call__(self, *words: str) -> Result:
        given = ["--project", str(self.project), "copilot", "import", str(self.workspace), "--no-config", *words]
        return CliRunner().invoke(build(), given)

    def texts(self) -> list[str]:
        return [(self.project / name).read_text() for name in FILES]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_services_of_one_image_are_processes_of_an_app_in_each_environment(desk: Desk) -> None:
    done = desk("--env", "prod", "--env", "test=staging", "--yes")
    assert done.exit_code == 0, done.output
    prod, staging = (load_settings(desk.project, env).apps for env in ("prod", "staging"))
    assert set(prod) == {"example", "api", "admin"}
    api = prod["api"].processes
    assert (api["web"].scaling.min, api["web"].scaling.max) == (2, 10)  # type: ignore[union-attr]
    assert (staging["api"].processes["web"].count, staging["api"].processes["web"].cpu) == (1, 256)
    assert api["nightly"].schedule.at == "cron(30 3 ? * 2-6 *)"  # type: ignore[union-attr]
    assert api["worker"].command == ("celery", "-A", "shop", "worker")
    assert not prod["admin"].processes["admin"].public
    assert "site stays: it is a Static Site" in done.stderr
    assert "report stays: it is a job whose image nothing else runs" in done.stderr
    assert "slipway config set prod api SECRET_KEY" in done.stdout
    again = desk("--env", "prod", "--env", "test=staging", "--yes")
    assert again.stdout.splitlines()[-1] == "nothing differs, nothing was written"


def test_copilots_environments_of_our_names_are_taken_unasked(desk: Desk) -> None:
    facts = json.loads(desk("--dry-run", "--json").stdout)
    assert {row["env"] for row in facts["apps"]} == {"prod"}
    assert facts["stays"].keys() == {"site", "report"}


def test_a_plan_changes_nothing(desk: Desk) -> None:
    before = desk.texts()
    done = desk("--env", "prod", "--dry-run")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "nothing was changed")
    assert desk.texts() == before


@pytest.mark.parametrize(
    ("files", "words", "sentence"),
    [
        ({}, ("--env", "tset"), "unknown environment tset; this project has dev, prod, staging"),
        (
            {"copilot/api/manifest.yml": "name: api\n  type: x\n"},
            (),
            "copilot/api/manifest.yml, line 2: mapping values",
        ),
        ({"copilot/api/manifest.yml": "- a\n"}, (), "copilot/api/manifest.yml holds no mapping"),
        (
            {"copilot/api/manifest.yml": "name: No Name\ntype: Backend Service\ncommand: x\n"},
            (),
            "is no name of a process",
        ),
    ],
)
def test_what_can_not_be_meant_is_one_sentence(
    desk: Desk, files: dict[str, str], words: tuple[str, ...], sentence: str
) -> None:
    desk.write(files)
    before = desk.texts()
    done = desk(*words, "--yes")
    assert done.exit_code == ExitCode.INVALID_INPUT, done.output
    assert sentence in done.stderr
    assert desk.texts() == before


def test_a_folder_without_manifests_is_told(desk: Desk, tmp_path: Path) -> None:
    desk.workspace = tmp_path / "project"
    done = desk("--env", "prod")
    assert done.exit_code == ExitCode.INVALID_INPUT
    assert "has no copilot/*/manifest.yml" in done.stderr

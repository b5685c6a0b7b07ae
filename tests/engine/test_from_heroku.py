"""Five apps from Heroku to a running environment, by what the checklist says and nothing else."""

import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_heroku import TOKEN, Heroku, served
from tests.faults.app_environment import TINY
from tests.heroku_apps import PIPELINES, SECRET, five
from tests.projects import ROOT, copied, edited, edited_catalogue
from tests.sandbox_project import Site, sandboxed

pytestmark = pytest.mark.engine

PRODUCTION, SHOP = "acme-shop-production", "acme-shop"
SERVICES = {
    "acme-shop-web": 2,
    "acme-shop-worker": 1,
    "acme-shop-image_reprocess_worker": 0,
    "acme-api-web": 1,
    "acme-images-web": 1,
    "acme-images-worker": 2,
    "acme-jobs-worker": 1,
    "acme-company-site-of-the-web": 1,
    "acme-company-site-of-the-beat": 1,
}


def lay_project(folder: Path) -> Path:
    """The repository's own program with an app that asks for nothing, and short waits."""
    copied(ROOT, folder, "dev")
    with edited_catalogue(folder) as apps:
        apps.clear()
        apps["example"] = {"processes": {"worker": {"count": 0}}}
    with edited(folder / "Pulumi.dev.yaml") as stack:
        stack["slipway:deploy"] = {"timeout": 120, "release_timeout": 60, "proof": 1}
    return folder


@pytest.fixture
def site(engine: Path, tmp_path: Path) -> Iterator[tuple[Site, Heroku]]:
    with served(*five(), pipelines=PIPELINES) as there, sandboxed(tmp_path, engine, lay_project) as made:
        made.environment |= {"HEROKU_HOST": there.url, "HEROKU_API_KEY": TOKEN}
        yield made, there


def shop_folder(folder: Path) -> str:
    """The shop's repository: a program that serves, with the names that its processes have at Heroku; its commit."""
    shutil.copytree(TINY, folder)
    (folder / "behaviour.json").write_text('{"tag": "shop"}')
    roles = {"web": "web", "worker": "worker", "image_reprocess_worker": "worker", "release": "release"}
    (folder / "Procfile").write_text("".join(f"{name}: python app.py {role}\n" for name, role in roles.items()))
    author = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "shop"], ["rev-parse", "HEAD"]):
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_five_apps_come_up_and_one_is_released_on_both_sides(site: tuple[Site, Heroku]) -> None:
    made, there = site
    names = [name for name in there.apps if not name.endswith("-staging")]
    told = made.well("heroku", "import", *names, "--env", "dev", "--yes")
    assert SECRET not in told + (made.project / "Pulumi.yaml").read_text()
    made.well("up", "dev", "--yes")
    rows = made.services(*SERVICES)
    assert {name: rows[name]["runningCount"] for name in SERVICES} == SERVICES

    commit = shop_folder(made.folder / "shop")
    made.well("config", "import", "dev", SHOP, "-", stdin="DATABASE_URL=postgres://new\nREDIS_URL=redis://new\n")
    made.well("image", "push", "dev", SHOP, "--path", str(made.folder / "shop"), "--tag", "shop")
    made.well("deploy", "dev", SHOP, "--image", "shop")
    assert made.url(SHOP) == "http://www.acme.example/"
    [balancer] = made.aws("elbv2").describe_load_balancers()["LoadBalancers"]
    asked = urllib.request.Request(f"http://{balancer['DNSName']}/", headers={"Host": "www.acme.example"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.read() == b"v1\n"
    made.well("heroku", "push", "dev", SHOP, "--to", PRODUCTION, "--path", str(made.folder / "shop"), "--yes")
    assert there.apps[PRODUCTION].commit == commit

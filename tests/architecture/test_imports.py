import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = str(Path(sys.executable).with_name("lint-imports"))
PACKAGES = ("model", "components", "driver", "sandbox", "engine", "functions")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_the_arrows_hold(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("model/names/names.py", "import components.app.app", "model imports no SDK and nobody else"),
        ("model/names/names.py", "import boto3", "model imports no SDK and nobody else"),
        (
            "components/cluster/cluster.py",
            "import driver.core.values.checkpoint",
            "components know model and Pulumi only",
        ),
        ("functions/log_shipper/logic.py", "import model.names.names", "functions stand alone"),
        (
            "driver/core/watch/verdict.py",
            "import driver.adapters.host.clock",
            "driver.core reaches the world through its ports",
        ),
        ("driver/core/watch/verdict.py", "import boto3", "driver.core reaches the world through its ports"),
        (
            "driver/adapters/host/clock.py",
            "import driver.commands.up",
            "driver.adapters knows the core, not the commands",
        ),
        ("driver/commands/up.py", "import pulumi.automation", "commands import no SDK"),
        ("driver/commands/up.py", "import sandbox.state_dir", "nothing imports the sandbox"),
        ("components/cluster/cluster.py", "import sandbox.state_dir", "nothing imports the sandbox"),
        ("driver/views/options.py", "import sandbox.state_dir", "nothing imports the sandbox"),
        ("driver/views/options.py", "import driver.commands.up", "views are for commands, and import none"),
        ("sandbox/emulator/ec2/subnets.py", "import model.settings.network", "the sandbox has an opinion of AWS"),
        ("driver/core/values/lock.py", "import driver.core.ports", "rooms of the core"),
        ("driver/core/watch/watch.py", "import driver.core.rollout.move", "rooms of the core"),
        ("driver/core/release/deploy.py", "import driver.core.drift.drift", "rooms of the core"),
        ("components/network/vpc.py", "import components.app.app", "rooms of the components"),
        ("driver/adapters/host/clock.py", "import driver.adapters.oci.transport", "rooms of the adapters"),
        ("driver/adapters/aws/session.py", "import driver.adapters.aws.ecs.tasks", "rooms of AWS"),
    ],
)
def test_a_planted_import_against_an_arrow_fails(house: Path, file: str, line: str, contract: str) -> None:
    path = house / file
    before = path.read_text()
    path.write_text(f"{before}\n\n{line}\n")
    try:
        done = lint(house)
    finally:
        path.write_text(before)
    assert done.returncode != 0
    assert any(contract in row and "BROKEN" in row for row in done.stdout.splitlines()), done.stdout

"""Starting, stopping, resetting, and what a sandbox leaves behind when it is killed."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.daemon import lifecycle, orphans, shell_exports
from sandbox.daemon.status import status
from sandbox.errors import SandboxError
from sandbox.host import procfs
from sandbox.options import OWNER, Setup
from sandbox.state_dir import Folder, Record
from tests.sandbox.sandbox_world import World, wait_for

pytestmark = pytest.mark.sandbox


def quiet(line: str) -> None:
    """The story is for people."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "box"
    yield path
    lifecycle.down(path, quiet)


def alive(folder: Path) -> list[procfs.Process]:
    return orphans.find(f"{OWNER}={folder.resolve()}")


def start(folder: Path) -> Record:
    return lifecycle.up(folder, Setup(), quiet)


def sleeper(folder: Path, record: Record) -> str:
    """A task that starts a daemon of its own and ignores SIGTERM."""
    world = World(folder, record)
    script = "import os, signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    script += "os.fork() or (os.setsid(), os.fork())\nprint('ready', flush=True)\ntime.sleep(600)\n"
    arn = world.start(world.push({"sleep.py": script}), entryPoint=["python", "sleep.py"])
    wait_for(lambda: len(world.printed(arn)) >= 3, "the task and its daemons")
    return arn


def test_up_is_quick_and_a_second_up_changes_nothing(folder: Path) -> None:
    began = time.monotonic()
    first = start(folder)
    took = time.monotonic() - began
    said: list[str] = []
    assert lifecycle.up(folder, Setup(), said.append) == first
    assert said == [f"The sandbox is up already, at {first.endpoint}."]
    assert took < 5


def test_down_leaves_no_process_and_up_comes_back_on_the_same_ports(folder: Path) -> None:
    first = start(folder)
    sleeper(folder, first)
    began = time.monotonic()
    assert lifecycle.down(folder, quiet)
    assert time.monotonic() - began < 10
    assert alive(folder) == []
    assert not lifecycle.down(folder, quiet)
    second = start(folder)
    assert (second.port, second.vault_port, second.vault_token) == (first.port, first.vault_port, first.vault_token)
    assert second.pid != first.pid


def test_kill_nine_takes_the_tasks_along_and_up_comes_back(folder: Path) -> None:
    first = start(folder)
    sleeper(folder, first)
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: not alive(folder), "every process to end by itself", seconds=5)
    second = start(folder)
    assert second.pid != first.pid
    assert World(folder, second).client("ecs").list_clusters()["clusterArns"] == []


def test_killing_the_parent_of_the_tasks_ends_the_sandbox_whole(folder: Path) -> None:
    record = start(folder)
    sleeper(folder, record)
    children = [one for one in procfs.everybody().values() if one.parent == record.pid]
    (helper,) = [
        one for one in children if b"sandbox.runtime.supervisor" in Path(f"/proc/{one.pid}/cmdline").read_bytes()
    ]
    procfs.send(helper.pid, helper.started, signal.SIGKILL)
    wait_for(lambda: lifecycle.current(Folder(folder)) is None, "the sandbox to end")
    lifecycle.down(folder, quiet)
    assert alive(folder) == []


def test_a_pid_file_of_a_dead_or_recycled_process_is_not_believed(folder: Path) -> None:
    box = Folder(folder.resolve())
    box.make()
    myself = procfs.look(os.getpid())
    assert myself
    for text in ("999999999 1\n", f"{myself.pid} {myself.started - 1}\n", "rubbish"):
        box.pid_file.write_text(text)
        assert orphans.running(box) is None
        assert not status(folder).up
    start(folder)
    assert status(folder).up


def test_a_zombie_is_not_believed(folder: Path) -> None:
    box = Folder(folder.resolve())
    box.make()
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    dead = procfs.look(child.pid)
    assert dead
    box.pid_file.write_text(f"{dead.pid} {dead.started}\n")
    assert orphans.running(box) is None
    child.wait()


def test_reset_empties_aws_and_vault_and_keeps_the_ports(folder: Path) -> None:
    record = start(folder)
    World(folder, record).client("ecs").create_cluster(clusterName="left")
    vault(record, "POST", b'{"data": {"A": "1"}}')
    after = lifecycle.reset(folder, quiet)
    assert (after.port, after.vault_port, after.mirror_port) == (record.port, record.vault_port, record.mirror_port)
    assert World(folder, after).client("ecs").list_clusters()["clusterArns"] == []
    with pytest.raises(urllib.error.HTTPError) as missing:
        vault(after, "GET")
    missing.value.close()
    assert missing.value.code == 404
    buckets = World(folder, after).client("s3").list_buckets()["Buckets"]
    assert [one["Name"] for one in buckets] == ["slipway-state"]


def test_two_sandboxes_run_side_by_side(folder: Path, world: World) -> None:
    other = start(folder)
    assert other.net != world.record.net
    World(folder, other).client("ecs").create_cluster(clusterName="mine")
    clusters = world.client("ecs").list_clusters()["clusterArns"]
    assert not [arn for arn in clusters if arn.endswith("/mine")]


def test_a_port_that_is_taken_is_named(folder: Path, world: World) -> None:
    with pytest.raises(SandboxError, match=f"port {world.record.port} of 127.0.0.1"):
        lifecycle.up(folder, Setup(port=world.record.port), quiet)
    assert alive(folder) == []


def test_the_record_is_closed_to_others_and_argv_holds_no_token(world: World) -> None:
    box = Folder(world.folder)
    assert box.record_file.stat().st_mode & 0o077 == 0
    token = world.record.vault_token.encode()
    for process in alive(world.folder):
        assert token not in Path(f"/proc/{process.pid}/cmdline").read_bytes()


def test_the_exported_lines_work_in_a_strict_shell_whatever_the_folder_is_called(world: World) -> None:
    lines = shell_exports.export_lines(world.folder)
    script = f'set -eu\n{lines}\nprintf "%s\\n" "$PULUMI_BACKEND_URL" "$PULUMI_HOME" "${{PATH%%:*}}"'
    shown = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout.splitlines()
    values = shell_exports.environment(world.folder)
    assert shown == [values["PULUMI_BACKEND_URL"], values["PULUMI_HOME"], str(Folder(world.folder).bin)]


def test_status_tells_ports_memory_and_what_runs(world: World) -> None:
    found = status(world.folder)
    assert found.up
    assert found.urls == {"aws": world.record.endpoint, "mirror": world.record.mirror, "vault": world.record.vault}
    assert found.memory
    assert 0 < found.memory.sandbox < 250 << 20
    assert found.memory.vault > 0


def test_env_of_a_sandbox_that_is_down_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="no sandbox runs in") as refused:
        shell_exports.environment(tmp_path)
    assert refused.value.hint == "run `slipway sandbox up`"


def vault(record: Record, method: str, body: bytes | None = None) -> bytes:
    url = f"{record.vault}/v1/secret/data/dev/app"
    request = urllib.request.Request(url, data=body, method=method, headers={"X-Vault-Token": record.vault_token})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return bytes(answer.read())

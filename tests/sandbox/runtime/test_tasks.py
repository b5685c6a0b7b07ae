"""One-off tasks as processes."""

import socket

import pytest

from tests.sandbox.sandbox_world import World, get, reachable, wait_for

pytestmark = pytest.mark.sandbox

SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{os.environ['HOSTNAME']} saw {self.client_address[0]}".encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
"""
PATIENT = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def image(world: World) -> str:
    files = {
        "app/serve.py": SERVER,
        "app/patient.py": PATIENT,
        "app/greet.sh": 'echo "hello from $(pwd | sed s,.*/,,)"\necho "$GREETING"\nexit 3\n',
    }
    return world.push(files, WorkingDir="/app", Env=["GREETING=from the image"], Entrypoint=["sh"])


def test_a_pushed_image_runs_in_its_folder_and_reports_output_and_exit_code(world: World, image: str) -> None:
    arn = world.start(image, ["greet.sh"])
    assert world.exit_code(arn) == 3
    wait_for(lambda: len(world.printed(arn)) == 2, "the output")
    assert world.printed(arn) == ["hello from app", "from the image"]
    assert world.task(arn)["stopCode"] == "EssentialContainerExited"


def test_the_definitions_entry_point_replaces_the_images(world: World, image: str) -> None:
    arn = world.start(image, entryPoint=["sh", "-c", "exit 7"])
    assert world.exit_code(arn) == 7


def test_two_tasks_of_one_image_serve_the_same_port_at_their_own_addresses(world: World, image: str) -> None:
    port = [{"name": "PORT", "value": "8123"}]
    arns = [world.start(image, entryPoint=["python", "serve.py"], environment=port) for _ in range(2)]
    addresses = [world.address(arn) for arn in arns]
    for address in addresses:
        wait_for(lambda address=address: reachable(address, 8123), "the page")
    pages = [get(address, 8123) for address in addresses]
    assert len(set(addresses)) == 2
    assert len({page.split()[0] for page in pages}) == 2
    assert all(page.endswith(b"saw 127.0.0.1") for page in pages)
    for arn in arns:
        world.client("ecs").stop_task(cluster="core", task=arn)


def test_a_stopped_task_refuses_connections(world: World, image: str) -> None:
    arn = world.start(image, entryPoint=["python", "serve.py"], environment=[{"name": "PORT", "value": "8124"}])
    address = world.address(arn)
    wait_for(lambda: reachable(address, 8124), "the page")
    world.client("ecs").stop_task(cluster="core", task=arn)
    world.wait(arn, "STOPPED")
    world.exit_code(arn)
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect((address, 8124))


def test_a_task_that_obeys_sigterm_ends_with_143(world: World, image: str) -> None:
    arn = world.start(image, entryPoint=["sleep", "60"])
    world.wait(arn, "RUNNING")
    world.client("ecs").stop_task(cluster="core", task=arn)
    wait_for(lambda: world.exit_code(arn) == 143, "exit code 143")


def test_a_task_that_ignores_sigterm_is_killed_after_its_stop_timeout(world: World, image: str) -> None:
    arn = world.start(image, entryPoint=["python", "patient.py"], stopTimeout=2)
    wait_for(lambda: world.printed(arn) == ["ready"], "the task to be ready")
    world.client("ecs").stop_task(cluster="core", task=arn)
    wait_for(lambda: world.exit_code(arn) == 137, "exit code 137")


def test_a_task_over_its_memory_limit_is_killed_and_says_why(world: World, image: str) -> None:
    hungry = ["python", "-c", "x = b'x' * (200 << 20); import time; time.sleep(60)"]
    arn = world.start(image, entryPoint=hungry, memory=64)
    assert world.exit_code(arn) == 137
    assert world.task(arn)["containers"][0]["reason"].startswith("OutOfMemoryError")


def test_an_image_that_is_not_there_can_not_be_pulled(world: World, image: str) -> None:
    arn = world.start(f"{image.partition('@')[0]}:missing")
    reason = world.wait(arn, "STOPPED")["stoppedReason"]
    assert reason.startswith("CannotPullContainerError:")
    assert ":missing: not found" in reason


def test_a_command_that_is_not_there_never_starts(world: World, image: str) -> None:
    arn = world.start(image, entryPoint=["no-such-program"])
    stopped = world.wait(arn, "STOPPED")
    assert 'exec: "no-such-program": executable file not found' in stopped["stoppedReason"]
    assert "exitCode" not in stopped["containers"][0]


def test_the_bootstrap_image_comes_from_the_mirror_and_answers_any_path(world: World) -> None:
    arn = world.start(
        "hashicorp/http-echo:1.0",
        ["-listen=:8125", "-text=not deployed yet"],
        environment=[{"name": "PORT", "value": "8125"}],
    )
    address = world.address(arn)
    wait_for(lambda: reachable(address, 8125), "the page")
    assert get(address, 8125, "/any/path") == b"not deployed yet\n"
    world.client("ecs").stop_task(cluster="core", task=arn)
    assert world.exit_code(arn) == 0


def test_the_bootstrap_image_without_a_port_variable_listens_at_its_tasks_address(world: World) -> None:
    arn = world.start("hashicorp/http-echo:1.0", ["-listen", ":8126", "-text", "here"])
    address = world.address(arn)
    wait_for(lambda: reachable(address, 8126), "the page")
    assert get(address, 8126) == b"here\n"
    world.client("ecs").stop_task(cluster="core", task=arn)

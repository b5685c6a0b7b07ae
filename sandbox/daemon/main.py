"""The background process: emulator, registry mirror, task runtime, load balancers and OpenBao in one.

`python -m sandbox.daemon.main --dir .sandbox` detaches itself, and writes `sandbox.json` when all of it answers.
"""

import asyncio
import logging
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from sandbox.context import Context
from sandbox.daemon import openbao, state_bucket
from sandbox.daemon.reservations import Reserved, reserve
from sandbox.errors import SandboxError
from sandbox.host import procfs
from sandbox.options import Setup, emulator_environment, parse
from sandbox.runtime.supervisor_client import Programs
from sandbox.state_dir import Folder

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework

log = logging.getLogger("sandbox.daemon.main")

# Longer than a load balancer keeps an idle connection.
KEEP_ALIVE = 75
STOPPED_WITHIN = 2.0


def main() -> None:
    """Detach, serve until SIGTERM or SIGINT, leave no process behind."""
    path, setup = parse()
    folder = Folder(path)
    folder.make()
    detach(folder)
    _raise_file_limit()
    try:
        run(folder, setup)
    except SandboxError as error:
        # The last line of the log is what `up` shows.
        sys.stderr.write(f"{error.message}; {error.hint}\n" if error.hint else f"{error.message}\n")
        os._exit(1)
    finally:
        folder.pid_file.unlink(missing_ok=True)
    # Threads of the emulator that never end must not keep the process.
    os._exit(0)


def detach(folder: Folder) -> None:
    """Go on as a child of init, known by its pid file; the process that was started ends with 0."""
    pid = os.fork()
    if pid:
        child = procfs.look(pid)
        folder.pid_file.write_text(f"{pid} {child.started if child else 0}\n")
        os._exit(0)


def run(folder: Folder, setup: Setup) -> None:
    """Start everything, serve, and stop everything; raises SandboxError when something doesn't start."""
    reserved = reserve(setup, folder.read())
    os.environ.update(emulator_environment(folder.path, reserved.record.port, setup.region))
    programs = Programs(on_loss=lambda: os.kill(os.getpid(), signal.SIGTERM))
    warm_plugins(folder)
    try:
        asyncio.run(serve(folder, reserved, programs))
    finally:
        programs.close(STOPPED_WITHIN)


def warm_plugins(folder: Folder) -> None:
    """Start what forks the engine's plugins; it ends when its standard input does, so with this process."""
    with (folder.log / "plugins.log").open("wb") as output:
        subprocess.Popen(
            [sys.executable, "-m", "sandbox.providers.warm", str(folder.plugins)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _raise_file_limit() -> None:
    # Each relayed connection of each task takes two.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def serve(folder: Folder, reserved: Reserved, programs: Programs) -> None:
    """Serve until told to stop; the record is written when all of it answers."""
    record = reserved.record
    vault_log = folder.log / "openbao.log"
    bao = openbao.start(programs, record.vault_port, record.vault_token, vault_log)
    start_balancers, server = _emulator(folder, reserved, programs)

    def wait() -> None:
        state_bucket.create(record)
        openbao.wait_ready(bao, record.vault_port, vault_log)

    ready = asyncio.create_task(asyncio.to_thread(wait))
    await asyncio.wait({ready, server}, return_when=asyncio.FIRST_COMPLETED)
    if ready.done():
        await ready
        start_balancers()
        folder.write(record)
    await server


def _emulator(
    folder: Folder, reserved: Reserved, programs: Programs
) -> tuple[Callable[[], object], asyncio.Task[None]]:
    # Imported here: it reads its environment as it is imported.
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack.app import app

    from sandbox import balancer, emulator
    from sandbox.daemon import gateway
    from sandbox.runtime.client import join
    from sandbox.runtime.registry import Registries

    record = reserved.record
    registries = Registries(("127.0.0.1", record.port), ("127.0.0.1", record.mirror_port))
    runtime = join(folder.path, reserved.net, programs, registries)
    context = Context(
        folder=folder.path,
        endpoint=record.endpoint,
        region=record.region,
        account=record.account,
        pace=record.pace,
        balancer_address=reserved.net.balancer_address,
    )
    emulator.install(context)
    gateway.install()
    config = Config()
    config.bind = [f"fd://{one.detach()}" for one in reserved.sockets]
    config.keep_alive_timeout, config.graceful_timeout, config.loglevel = KEEP_ALIVE, 1, "WARNING"
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    door = gateway.Gateway(emulator.extra_services(app), record.mirror_port, runtime.containers)
    server = asyncio.create_task(hypercorn_serve(cast("ASGIFramework", door), config, shutdown_trigger=stop.wait))
    return lambda: balancer.start(context), server


if __name__ == "__main__":
    main()

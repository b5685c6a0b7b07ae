"""Plugins that start at once: `python -m sandbox.providers.warm SOCKET` has imported all of it, and forks one an order.

The engine starts two plugins in each of its runs, and a deploy has three runs; importing the SDKs each time would be
a third of what a deploy costs in the sandbox.
"""

import contextlib
import importlib
import json
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

PLUGINS = ("sandbox.providers.aws.__main__", "sandbox.providers.awsx.__main__")
SLOW = (
    "boto3",
    "pulumi.provider",
    "pulumi_aws.ec2",
    "sandbox.providers.aws.clients",
    "sandbox.providers.aws.provider",
    "sandbox.providers.awsx.provider",
)
"""What the plugins import when they run, which is what takes its time."""


def main() -> None:
    """Serve until standard input is closed: that is when the sandbox's background process is gone."""
    for module in (*PLUGINS, *SLOW):
        importlib.import_module(module)
    # Children are reaped by the kernel; how each ended goes to its launcher.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    path = Path(sys.argv[1])
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)
        threading.Thread(target=_end_with_the_sandbox, daemon=True).start()
        while True:
            channel, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _become(channel)
            channel.close()


def _end_with_the_sandbox() -> None:
    """Plugins that still run go on: each ends with the engine that started it."""
    sys.stdin.buffer.read()
    os._exit(0)


def _become(channel: socket.socket) -> None:
    """Turn this newly forked process into the ordered plugin; never returns."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        order = _order(channel)
        os.chdir(order["cwd"])
        os.environ.clear()
        os.environ.update(order["env"])
        sys.argv = [order["module"], *order["argv"]]
        threading.Thread(target=_end_with_the_launcher, args=(channel,), daemon=True).start()
        code = sys.modules[f"{order['module']}.__main__"].main()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            channel.sendall(bytes([code]))
        os._exit(code)


def _order(channel: socket.socket) -> dict[str, Any]:
    """What to run; standard input, output and error are the launcher's from here on."""
    head, files, _, _ = socket.recv_fds(channel, 4, 3)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    left = int.from_bytes(head, "big")
    parts = []
    while left:
        parts.append(channel.recv(left))
        if not parts[-1]:
            raise EOFError
        left -= len(parts[-1])
    order: dict[str, Any] = json.loads(b"".join(parts))
    return order


def _end_with_the_launcher(channel: socket.socket) -> None:
    with contextlib.suppress(OSError):
        channel.recv(1)
    os._exit(0)


if __name__ == "__main__":
    main()

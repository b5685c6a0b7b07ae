"""The picture of `slipway top` in docs/top.md, from a real run: ``make demo``, then ``python -m examples.top_svg``.

It visits the example through its load balancer for two minutes, and has `slipway top` draw on a terminal of its own.
"""

import fcntl
import http.client
import io
import json
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from examples.demo_svg import TEMPLATE
from rich.console import Console
from rich.text import Text
from sandbox.daemon.shell_exports import environment

ROOT: Final = Path(__file__).parents[1]
SLIPWAY: Final = str(Path(sys.executable).with_name("slipway"))
PICTURE: Final = ROOT / "docs" / "top.svg"
WIDTH: Final = 112
VISITORS: Final = 8
PAUSE: Final = 0.05
SECONDS: Final = 130
COMMAND: Final = ("slipway", "top", "dev", "--once")


def draw(ansi: str) -> str:
    """An SVG of what a terminal showed after the command."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {' '.join(COMMAND)}", style="bold cyan"))
    for line in ansi.splitlines():
        console.print(Text.from_ansi(line), no_wrap=True, highlight=False)
    return console.export_svg(code_format=TEMPLATE, unique_id="top")


def on_a_terminal(command: list[str], env: dict[str, str]) -> str:
    """All that a command writes to a terminal that is WIDTH wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, WIDTH, 0, 0))
    with subprocess.Popen(command, cwd=ROOT, env={**env, "TERM": "xterm"}, stdout=theirs, stdin=theirs) as running:
        os.close(theirs)
        shown = b""
        # A terminal whose other side is closed ends with an error.
        with suppress(OSError):
            while part := os.read(ours, 65536):
                shown += part
    os.close(ours)
    if running.returncode:
        raise SystemExit(running.returncode)
    return shown.decode().replace("\r", "")


def visit(url: str, gone: threading.Event) -> None:
    """Ask for the page again and again, on one connection while it lasts."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=20)
    while not gone.wait(PAUSE):
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            connection.close()


def main() -> None:
    """Visit, look, draw."""
    env = {**os.environ, **environment(Path(os.environ.get("SLIPWAY_SANDBOX_DIR", ROOT / ".sandbox")))}
    asked = subprocess.run(
        [SLIPWAY, "status", "dev", "example", "--json"], cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True
    )
    url = next(row["url"] for row in json.loads(asked.stdout)["processes"] if row["name"] == "web")
    gone = threading.Event()
    visitors = [threading.Thread(target=visit, args=(url, gone)) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    try:
        time.sleep(SECONDS)
        shown = on_a_terminal([SLIPWAY, *COMMAND[1:]], env)
    finally:
        gone.set()
        for visitor in visitors:
            visitor.join()
    sys.stdout.write(shown)
    PICTURE.write_text(draw(shown))


if __name__ == "__main__":
    main()

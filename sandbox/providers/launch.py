#!/usr/bin/env python3
"""What the engine starts as a plugin: asks the sandbox's warm process for one, and is its stand-in while it works.

`launch.py SOCKET ROOT MODULE ENGINE`. It runs without site-packages, so that it starts in no time; where nothing
listens on the socket it turns into the plugin itself, which takes a second longer.
"""

import json
import os
import select
import socket
import sys

LOOK_SECONDS = 0.5


def main() -> None:
    """Hand over this process's files, folder and environment; end as the plugin ends, or when the engine is gone."""
    path, root, module, *arguments = sys.argv[1:]
    parent = os.getppid()
    try:
        channel = socket.socket(socket.AF_UNIX)
        channel.connect(path)
        order = {"module": module, "argv": arguments, "env": dict(os.environ), "cwd": os.getcwd()}
        body = json.dumps(order).encode()
        socket.send_fds(channel, [len(body).to_bytes(4, "big")], [0, 1, 2])
        channel.sendall(body)
    except OSError:
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
        os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
    # The engine holds the other ends of these, and reads them to their end.
    for number in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    while not select.select([channel], [], [], LOOK_SECONDS)[0]:
        # A killed engine can't say goodbye; the plugin ends when this end of the channel is closed.
        if os.getppid() != parent:
            os._exit(0)
    code = channel.recv(1)
    os._exit(code[0] if code else 1)


if __name__ == "__main__":
    main()

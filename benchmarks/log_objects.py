"""What the benchmarks of the log archive work on: deliveries as CloudWatch Logs makes them, and a small S3.

The S3 is the one of the functions' tests, in a process of its own: `python -m benchmarks.log_objects 1000 8` serves
1,000 raw objects of 8 lines.
"""

import argparse
import base64
import gzip
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from functions.log_shipper import logic
from tests.functions.small_s3 import SmallS3, server

GROUP = "/ecs/prod-shop-web"
BEGIN = datetime(2024, 11, 24, 10, 5, tzinfo=UTC)
STREAMS = 20
WINDOW = 300_000
"""Milliseconds."""


def row(number: int, dice: random.Random, within: int) -> dict[str, object]:
    """A request line of a web app, as it is in a delivery; `within` so many milliseconds."""
    message = {
        "method": dice.choice(["GET", "GET", "POST"]),
        "path": f"/orders/{dice.randrange(10**6)}/",
        "status": dice.choice([200, 200, 200, 302, 404]),
        "ms": dice.randrange(900),
        "request_id": f"{dice.getrandbits(128):032x}",
        "host": "shop.example.com",
    }
    at = int(BEGIN.timestamp() * 1000) + number % within
    return {"id": f"{39 * 10**54 + number:056}", "timestamp": at, "message": json.dumps(message)}


def delivery(first: int, lines: int, stream: str = "ecs/app/1", within: int = 2 * WINDOW) -> dict[str, dict[str, str]]:
    """What the shipper is called with."""
    dice = random.Random(first)
    body = {
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": GROUP,
        "logStream": stream,
        "subscriptionFilters": ["slipway-prod-log-archive"],
        "logEvents": [row(first + number, dice, within) for number in range(lines)],
    }
    text = json.dumps(body, separators=(",", ":")).encode()
    return {"awslogs": {"data": base64.b64encode(gzip.compress(text, 6)).decode()}}


def filled(objects: int, lines: int) -> SmallS3:
    """An S3 with the raw objects of one window."""
    small = SmallS3()
    for number in range(objects):
        for parcel in logic.shipment(delivery(number * lines, lines, f"ecs/app/{number % STREAMS}", WINDOW)).parcels:
            small.store(parcel.key, parcel.body)
    return small


@contextmanager
def served(objects: int = 0, lines: int = 0, level: int = logic.LEVEL) -> Iterator[tuple[str, int]]:
    """Another process with such an S3: its address, and the bytes of its raw objects."""
    words = [sys.executable, "-m", "benchmarks.log_objects", str(objects), str(lines), "--level", str(level)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if process.stdin is None or process.stdout is None:
        raise SystemExit("no pipes")
    try:
        port, size = process.stdout.readline().split()
        yield f"http://127.0.0.1:{port}", int(size)
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Serve until it is ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("objects", type=int)
    parser.add_argument("lines", type=int)
    parser.add_argument("--level", type=int, default=logic.LEVEL, help="of gzip; 0 makes large objects quickly")
    given = parser.parse_args()
    logic.LEVEL = given.level
    small = filled(given.objects, given.lines)
    running = server(small)
    print(running.server_port, sum(len(one.body) for one in small.objects.values()), flush=True)
    running.serve_forever()


if __name__ == "__main__":
    main()

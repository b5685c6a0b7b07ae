"""What a delivery costs the log shipper, beside the obvious way: `python -m benchmarks.log_shipper`.

The obvious way is boto3 and a `json.dumps` for each line. Both put into the same S3, which is a process of its own, so
the seconds of CPU are those of the function alone.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.log_objects import delivery, served

ROOT = Path(__file__).parents[1]
EVENTS, RUNS, COLD_RUNS = 20, 200, 9
UNWANTED = "/health/"
ENVIRONMENT = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_EC2_METADATA_DISABLED": "true",
    "BUCKET": "archive",
    "UNWANTED": json.dumps([UNWANTED]),
}
COLD = {
    "slipway": "import ssl; from functions.log_shipper import handler; handler._s3(); ssl.create_default_context()",
    "obvious": "import gzip, base64, json, boto3; boto3.client('s3')",
    "python alone": "pass",
}


def slipway() -> Callable[[Any], object]:
    """The function itself."""
    from functions.log_shipper import handler

    return lambda event: handler.handle(event, None)


def obvious() -> Callable[[Any], object]:
    """What one writes first."""
    import base64

    import boto3

    s3 = boto3.client("s3")

    def handle(event: Any) -> None:  # noqa: ANN401 - as it is delivered
        data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
        lines = []
        for row in data["logEvents"]:
            if UNWANTED not in row["message"]:
                line = {**row, "group": data["logGroup"], "stream": data["logStream"]}
                lines.append(json.dumps(line).encode() + b"\n")
        key = f"raw/{data['logEvents'][0]['id']}.jsonl.gz"
        s3.put_object(Bucket="archive", Key=key, Body=gzip.compress(b"".join(lines)))

    return handle


def measure(way: str, lines: int) -> None:
    """In a process of its own: milliseconds of CPU for a delivery, and the most memory that there was, in MB."""
    handle = {"slipway": slipway, "obvious": obvious}[way]()
    events = [delivery(number * lines, lines) for number in range(EVENTS)]
    spent = []
    for number in range(RUNS):
        begun = time.process_time()
        handle(events[number % EVENTS])
        spent.append(time.process_time() - begun)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"ms": statistics.median(spent) * 1000, "mb": most / 1024}))


def cold(words: str) -> float:
    """Milliseconds from the start of a process until it could take a delivery; the least of some.

    As in Lambda, Python runs no hooks of a virtual environment first.
    """
    found = []
    paths = f"import sys; sys.path[:0] = {[str(ROOT), sysconfig.get_path('purelib')]!r}; "
    for _ in range(COLD_RUNS):
        begun = time.perf_counter()
        words_of_python = [sys.executable, "-S", "-c", paths + words]
        subprocess.run(words_of_python, check=True, env={**os.environ, **ENVIRONMENT})
        found.append((time.perf_counter() - begun) * 1000)
    return min(found)


def main(tell: Callable[[str], None] = print) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=["slipway", "obvious"])
    parser.add_argument("--lines", type=int)
    given = parser.parse_args()
    if given.way:
        measure(given.way, given.lines)
        return
    tell(f"{'':24}{'slipway':>12}{'obvious':>12}{'ratio':>8}")
    memory: dict[str, float] = {}
    for lines in (8, 1000):
        spent = {}
        for way in ("slipway", "obvious"):
            with served() as (address, _):
                words = [sys.executable, "-m", "benchmarks.log_shipper", "--way", way, "--lines", str(lines)]
                env = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL_S3": address}
                answer = json.loads(subprocess.run(words, check=True, env=env, stdout=subprocess.PIPE).stdout)
            spent[way], memory[way] = answer["ms"], answer["mb"]
        tell(_line(f"{lines:,} lines, CPU, ms", spent))
    tell(_line("cold start, ms", {way: cold(COLD[way]) for way in ("slipway", "obvious")}))
    tell(_line("most memory, MB", memory))
    tell(f"python alone starts in {cold(COLD['python alone']):.0f} ms")


def _line(name: str, found: dict[str, float]) -> str:
    mine, other = found["slipway"], found["obvious"]
    return f"{name:24}{mine:12.2f}{other:12.2f}{other / mine:8.1f}"


if __name__ == "__main__":
    main()

"""How fast the log compactor joins, and in how much memory: `python -m benchmarks.log_compactor [--large] [--many]`.

Beside it, on the same objects and with the same requests: gunzip and gzip of everything, and a plain copy of each.
`--large` merges 1 GB of one window, `--many` 100,000 objects of one. Each way runs in a process of its own, and S3 in
one more, so the seconds of CPU are those of the function alone. All lines are counted in the end, by their ids.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks.log_objects import BEGIN, served
from functions.log_compactor import logic
from functions.log_compactor.bucket import Bucket, Writer
from functions.log_store import raw_names, sigv4
from functions.log_store.s3 import S3, Place
from tests.functions.small_s3 import BUCKET

FOLDER = f"raw/ecs/prod-shop-web/{BEGIN:%Y/%m/%d/%H/%M}"
TARGET = raw_names.merged_key(FOLDER) or ""
WAYS = ("a plain copy", "gunzip and gzip", "slipway")
MEGABYTE = 1024 * 1024


def slipway(bucket: Bucket) -> None:
    """The function itself."""
    logic.compact(bucket, BEGIN + timedelta(hours=1), lambda: True)


def copy(bucket: Bucket) -> None:
    """Each object read and written again."""
    for one, body in bucket.many(bucket.listed(f"{FOLDER}/")):
        bucket.s3.put(one.key.replace("raw/", "copy/"), body)


def recompress(bucket: Bucket) -> None:
    """All of them unpacked and packed as one, at the usual level."""
    writer, pack = Writer(bucket, "packed/all.gz", {}), zlib.compressobj(6, wbits=31)
    for _, body in bucket.many(bucket.listed(f"{FOLDER}/")):
        writer.add(pack.compress(zlib.decompress(body, 31)))
    writer.add(pack.flush())
    writer.finish()


def work(way: str, address: str) -> None:
    """One way, in a process of its own."""
    bucket = Bucket(S3(Place(BUCKET, "eu-west-1", sigv4.Credentials("key", "secret"), address)))
    wall, cpu = time.perf_counter(), time.process_time()
    dict(zip(WAYS, (copy, recompress, slipway), strict=True))[way](bucket)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "mb": most / 1024}))


def counted(address: str) -> tuple[int, int]:
    """The lines of the merged object, and how many different ids they have."""
    bucket = Bucket(S3(Place(BUCKET, "eu-west-1", sigv4.Credentials("key", "secret"), address)))
    merged = bucket.merged(TARGET)
    if merged is None:
        raise SystemExit("nothing was merged")
    lines, ids = 0, set[int]()
    rest, member = b"", zlib.decompressobj(wbits=31)
    for chunk in bucket.chunks(merged, 0, merged.size):
        data = chunk
        while data:
            *texts, rest = (rest + member.decompress(data)).split(b"\n")
            lines += len(texts)
            ids.update(int(text[40:63]) for text in texts)
            data = member.unused_data
            if member.eof:
                member = zlib.decompressobj(wbits=31)
    return lines, len(ids)


def table(objects: int, lines: int, ways: tuple[str, ...], tell: Callable[[str], None], level: int = 1) -> None:
    """Run each way on the same objects, and print what it took."""
    with served(objects, lines, level) as (address, size):
        megabytes = size / MEGABYTE
        tell(f"\n{objects:,} objects of {lines:,} lines, {megabytes:,.0f} MB")
        tell(f"{'':20}{'CPU, s':>10}{'MB/s of CPU':>14}{'wall, s':>10}{'most memory, MB':>18}")
        for way in ways:
            words = [sys.executable, "-m", "benchmarks.log_compactor", "--way", way, "--address", address]
            answer: Any = json.loads(subprocess.run(words, check=True, env=os.environ, stdout=subprocess.PIPE).stdout)
            speed = megabytes / answer["cpu"]
            tell(f"{way:20}{answer['cpu']:10.2f}{speed:14.1f}{answer['wall']:10.1f}{answer['mb']:18.0f}")
        there, different = counted(address)
        tell(f"lines in {objects * lines:,}, lines out {there:,}, different ids {different:,}")


def main(tell: Callable[[str], None] = print) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=WAYS)
    parser.add_argument("--address", default="")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--many", action="store_true")
    given = parser.parse_args()
    if given.way:
        work(given.way, given.address)
        return
    if not given.large and not given.many:
        table(300, 1_000, WAYS, tell)
        table(3_000, 8, WAYS, tell)
    if given.large:
        table(3_600, 1_000, WAYS[-1:], tell, level=0)
    if given.many:
        table(100_000, 8, WAYS[-1:], tell)


if __name__ == "__main__":
    main()

"""Feeds shipper and compactor with damaged input: `python -m benchmarks.log_fuzz shipper|compactor [--inputs N]`.

Each input is checked as in the tests: nothing raises, no good line is lost or doubled, what is damaged is kept as it
came. It prints how many inputs there were of each kind, and ends with 1 and the seed of the first that goes wrong.
"""

import argparse
import base64
import contextlib
import gzip
import io
import json
import random
import time
import traceback
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from functions.log_compactor.bucket import Bucket
from functions.log_compactor.logic import compact
from functions.log_shipper import logic as shipper
from functions.log_store import raw_names
from tests.functions.small_s3 import Direct, SmallS3

BEGIN = 1_795_000_000_000 // 300_000 * 300_000
NOW = datetime.fromtimestamp(BEGIN / 1000 + 86_400, UTC)
FOLDER = f"raw/ecs/dev-shop-web/{datetime.fromtimestamp(BEGIN / 1000, UTC):%Y/%m/%d/%H/%M}"
TARGET = raw_names.merged_key(FOLDER) or ""
TEXTS = [
    "",
    "GET / 200",
    '"},{"id":"',
    "\\",
    "\\u0041",
    "\ud83d",
    "\x00\x1b[0m",
    "ü€😀",
    "]}",
    "\n\r\u2028",
    '{"a": "b"}',
]
NONE = [
    None,
    7,
    "x",
    [],
    {},
    {"id": "1"},
    {"id": 1, "timestamp": 1, "message": ""},
    {"id": "1", "timestamp": -1},
    1e400,
]


def rows(dice: random.Random) -> tuple[list[Any], list[Any]]:
    """Rows of a delivery, and those of them that are good."""
    made, good = list[Any](), list[Any]()
    for number in range(dice.randrange(7)):
        if dice.random() < 0.15:
            made.append(dice.choice(NONE))
            continue
        text = dice.choice(TEXTS) * (dice.choice([9000, 70_000]) if dice.random() < 0.002 else dice.randrange(1, 3))
        row = {"id": f"{dice.randrange(1000) * 10 + number:056}", "timestamp": BEGIN + dice.randrange(900_000)}
        made.append({**row, "message": text})
        good.append(made[-1])
    return made, good


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Some bytes other than they were, or fewer, or more."""
    body = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        place = dice.randrange(len(body) + 1)
        kind = dice.randrange(4)
        if kind == 0:
            del body[place:]
        elif kind == 1 and place < len(body):
            body[place] = dice.randrange(256)
        elif kind == 2:
            body[place:place] = dice.randbytes(dice.randrange(9))
        else:
            del body[place : place + dice.randrange(9)]
    return bytes(body)


def wanted(condition: bool, what: str) -> None:
    """What must hold."""
    if not condition:
        raise AssertionError(what)


def ship(dice: random.Random) -> str:
    """One delivery to the shipper; its kind."""
    made, good = rows(dice)
    kind = dice.choice(["good", "written otherwise", "control", "JSON", "gzip", "base64", "event"])
    body = {"messageType": "DATA_MESSAGE", "logGroup": "/ecs/dev-shop-web", "logStream": "s", "logEvents": made}
    if kind == "control":
        body["messageType"] = "CONTROL_MESSAGE"
    separators = (", ", ": ") if kind == "written otherwise" else (",", ":")
    text = json.dumps(body, separators=separators).encode()
    packed = gzip.compress(damaged(text, dice) if kind == "JSON" else text, 1)
    data = base64.b64encode(damaged(packed, dice) if kind == "gzip" else packed)
    told = (damaged(data, dice) if kind == "base64" else data).decode(errors="replace")
    event: Any = dice.choice([None, 7, {}, {"awslogs": None}, {"awslogs": {"data": 7}}]) if kind == "event" else None
    event = event if kind == "event" else {"awslogs": {"data": told}}
    shipped = shipper.shipment(event)
    found = list[dict[str, Any]]()
    for parcel in shipped.parcels:
        if parcel.key.startswith("raw/"):
            lines = [json.loads(line) for line in gzip.decompress(parcel.body).split(b"\n")[:-1]]
            name = raw_names.parse(parcel.key.rsplit("/", 1)[1])
            wanted(name is None or (raw_names.matches(name, parcel.body) and name.lines == len(lines)), "a name lies")
            found += lines
    kept = [json.loads(one.body)["event"] for one in shipped.parcels if one.key.startswith("aside/")]
    wanted(kept == ([event] if shipped.damage else []), "what is damaged is not kept")
    if kind in ("good", "written otherwise"):
        messages = {one["id"]: one["message"] for one in reversed(good)}
        wanted({one["id"]: one["message"] for one in found} == messages, "good lines are not as they were")
        wanted(bool(shipped.damage) == (len(good) < len(made)), "the damage is told wrongly")
    return kind


def raw(ids: list[int], stream: str) -> tuple[str, bytes]:
    """What the shipper makes of lines with these ids."""
    lines = [{"id": f"{one:056}", "timestamp": BEGIN + one, "message": f"line {one}"} for one in ids]
    body = {"messageType": "DATA_MESSAGE", "logGroup": "/ecs/dev-shop-web", "logStream": stream, "logEvents": lines}
    text = json.dumps(body, separators=(",", ":")).encode()
    [parcel] = shipper.shipment({"awslogs": {"data": base64.b64encode(gzip.compress(text, 1))}}).parcels
    return parcel.key, parcel.body


def unpacked(body: bytes) -> bytes:
    """All members of a gzip. Unlike Python's own reader, zlib takes none with flags that no standard knows."""
    text = b""
    while body:
        member = zlib.decompressobj(wbits=31)
        text += member.decompress(body)
        wanted(member.eof, "a member is cut off")
        body = member.unused_data
    return text


def readable(body: bytes) -> set[int] | None:
    """The ids of an object that is whole; None of one that is damaged."""
    try:
        return {int(json.loads(line)["id"]) for line in unpacked(body).splitlines()}
    except Exception:
        return None


def merge(dice: random.Random) -> str:
    """One window to the compactor, in one or two calls, some of its objects damaged; how many were."""
    small, good, bad, known = SmallS3(), set[int](), dict[str, bytes](), set[str]()
    if dice.random() < 0.2:
        small.store(TARGET, raw(sorted(dice.sample(range(40), 3)), "s0")[1])
        good |= readable(small.objects[TARGET].body) or set()
    for _ in range(dice.randrange(1, 3)):
        for number in range(dice.randrange(5)):
            stream = dice.randrange(2)
            ids = sorted({one * 2 + stream for one in dice.sample(range(20), dice.randrange(1, 5))})
            key, body = raw(ids, f"s{stream}")
            key = key if dice.random() < 0.7 else f"{FOLDER}/{number}"
            small.store(key, damaged(body, dice) if dice.random() < 0.4 else body)
        for key in small.keys("raw/"):
            ids_of, body = readable(small.objects[key].body), small.objects[key].body
            good |= ids_of or set()
            # Of one whose name is in the list of what is merged, all lines are there already: it is not even read.
            if ids_of is None and body and key not in known:
                bad[key] = body
            elif raw_names.parse(key.rsplit("/", 1)[1]):
                known.add(key)
        with contextlib.redirect_stdout(io.StringIO()):
            compact(Bucket(Direct(small)), NOW, lambda: True)
        wanted(not small.keys("raw/"), "something is raw yet")
    merged = gzip.decompress(small.objects[TARGET].body) if TARGET in small.objects else b""
    # Of a gzip that was changed and cut off as well nobody can tell that its lines are not what they were.
    texts = [json.loads(line)["id"] for line in merged.splitlines()]
    found = Counter(int(text) for text in texts if text.isdecimal())
    wanted(set(found) >= good, f"lost: {good - set(found)}")
    wanted(set(found.values()) <= {1}, "a line is there twice")
    wanted(set(small.keys("aside/")) >= {f"aside/{key}" for key in bad}, "what is damaged is not kept")
    return f"{len(bad)} damaged"


def main(tell: Callable[[str], None] = print) -> None:
    """Feed, and print what was fed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("function", choices=["shipper", "compactor"])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first input; each has the next")
    given = parser.parse_args()
    one, kinds, begun = {"shipper": ship, "compactor": merge}[given.function], Counter[str](), time.perf_counter()
    for seed in range(given.seed, given.seed + given.inputs):
        try:
            kinds[one(random.Random(seed))] += 1
        except Exception as error:
            traceback.print_exc()
            raise SystemExit(f"--seed {seed} --inputs 1 goes wrong") from error
    tell(f"{given.inputs:,} inputs in {time.perf_counter() - begun:.0f} s: {dict(sorted(kinds.items()))}")


if __name__ == "__main__":
    main()

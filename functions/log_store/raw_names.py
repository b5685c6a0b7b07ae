"""The names of raw objects, which tell what is in them without a look inside.

`<stream>-<first>-<last>-<lines>-<digest>.jsonl.gz`: a hash of the log stream's name, the smallest and the largest of
the lines' ids, how many lines, and a hash of the object's own bytes. All have a fixed width, so names sort by stream
and then by first id, which is the order that S3 lists them in. Objects of a stream whose spans of ids do not meet have
no line in common.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

WINDOW = 300
"""Seconds of log time that make one object of the archive in the end."""
RAW, MERGED, ASIDE, MANIFESTS = "raw", "logs", "aside", "manifests"
SUFFIX = ".jsonl.gz"
LONGEST_ID = 56
"""Digits of an id of CloudWatch Logs. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html"""
_ID_WIDTH, _DIGEST = 47, 32
_NAME = re.compile(r"([0-9a-f]{16})-([0-9a-f]{47})-([0-9a-f]{47})-([0-9a-f]{6})-([0-9a-f]{32})\.jsonl\.gz", re.ASCII)
_FOLDER = re.compile(rf"{RAW}/(.+)/(\d{{4}}/\d\d/\d\d/\d\d)/(\d\d)", re.ASCII)


class RawName(NamedTuple):
    """What a name tells; `first` and `last` compare as text as the ids do as numbers."""

    stream: str
    first: str
    last: str
    lines: int
    digest: str


def parse(name: str) -> RawName | None:
    """What a name tells; None where it tells nothing, as with objects of other makers."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return RawName(found[1], found[2], found[3], int(found[4], 16), found[5])


def name(stream: str, ids: Sequence[str], digest: str) -> str:
    """The name of an object with these lines; its hex digest alone where an id is none of CloudWatch's."""
    text, widths = "".join(ids), set(map(len, ids))
    if not (text.isascii() and text.encode().isdigit()) or min(widths) < 1 or max(widths) > LONGEST_ID:
        return f"{digest[:_DIGEST]}{SUFFIX}"
    # Texts of one width are in the order of their numbers.
    numbers = (int(min(ids)), int(max(ids))) if len(widths) == 1 else (min(map(int, ids)), max(map(int, ids)))
    spans = "-".join(f"{number:0{_ID_WIDTH}x}" for number in numbers)
    return f"{stream_hash(stream)}-{spans}-{len(ids):06x}-{digest[:_DIGEST]}{SUFFIX}"


def stream_hash(stream: str) -> str:
    """What stands for a log stream in names."""
    return hashlib.sha256(stream.encode(errors="surrogatepass")).hexdigest()[:16]


def matches(told: RawName, body: bytes) -> bool:
    """Whether the bytes are those that the name was made for."""
    return hashlib.sha256(body).hexdigest()[:_DIGEST] == told.digest


def merged_key(folder: str) -> str | None:
    """`raw/<group>/2026/11/24/10/05` becomes `logs/<group>/2026/11/24/10-05.jsonl.gz`; None for another's folder."""
    found = _FOLDER.fullmatch(folder)
    return f"{MERGED}/{found[1]}/{found[2]}-{found[3]}{SUFFIX}" if found else None

import base64
import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from functions.log_compactor.bucket import Bucket
from functions.log_compactor.logic import compact
from functions.log_shipper import logic as shipper
from tests.functions.small_s3 import Direct, SmallS3
from tests.projects import ROOT

BUCKET = "s3://slipway-dev-logs-123456789012-eu-west-1"
AT = int(datetime(2026, 11, 24, 10, 5, tzinfo=UTC).timestamp() * 1000)
TABLE, ASKED, EXTERNAL, _ = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "logs.md").read_text(), re.DOTALL)


def delivery(number: int, rows: list[dict[str, Any]]) -> Any:
    body = {
        "messageType": "DATA_MESSAGE",
        "logGroup": "/ecs/dev-example-web",
        "logStream": f"ecs/app/{number}",
        "logEvents": rows,
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(body).encode())).decode()}}


def request(number: int, path: str, ms: float) -> dict[str, Any]:
    text = json.dumps({"event": "request", "method": "GET", "path": path, "status": 200, "ms": ms})
    return {"id": f"{number:056}", "timestamp": AT + number * 3000, "message": text}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of one process: six windows, some made in several rounds, with lines of every kind."""
    small, lines = SmallS3(), [request(number, "/orders/", 100 + number) for number in range(500)]
    lines += [request(number, "/carts/", 9000) for number in range(500, 520)]
    lines += [{**request(520, "", 0), "message": text} for text in ('no JSON "at all"\n\tü \x1b[0m',)]
    for start in range(0, len(lines), 40):
        for parcel in shipper.shipment(delivery(start % 3, lines[start : start + 40])).parcels:
            small.store(parcel.key, parcel.body)
        if start % 200 == 0:
            compact(Bucket(Direct(small)), datetime(2026, 11, 25, tzinfo=UTC), lambda: True)
    # A delivery again, batched otherwise.
    for parcel in shipper.shipment(delivery(0, lines[:7])).parcels:
        small.store(parcel.key, parcel.body)
    compact(Bucket(Direct(small)), datetime(2026, 11, 25, tzinfo=UTC), lambda: True)
    folder = tmp_path_factory.mktemp("archive")
    for key in small.keys("logs/"):
        file = folder / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(small.objects[key].body)
    return folder


def test_duckdb_reads_an_archive_with_the_sql_of_the_docs(archive: Path) -> None:
    database = duckdb.connect()
    database.execute(TABLE.replace(BUCKET, str(archive)))
    assert database.execute("SELECT count(*), count(DISTINCT id) FROM logs").fetchone() == (521, 521)
    first, last = database.execute("SELECT min(time), max(time) FROM logs").fetchone() or (None, None)
    assert (first, last) == (datetime(2026, 11, 24, 10, 5), datetime(2026, 11, 24, 10, 31))
    assert database.execute("SELECT message FROM logs WHERE NOT json_valid(message)").fetchall() == [
        ('no JSON "at all"\n\tü \x1b[0m',)
    ]
    assert [row[:2] for row in database.execute(ASKED).fetchall()] == [("/carts/", 20), ("/orders/", 500)]


def test_athenas_table_has_the_columns_of_the_lines_and_finds_them_where_they_are(archive: Path) -> None:
    columns = dict(re.findall(r"^    `?(\w+)`? (string|bigint),?$", EXTERNAL, re.MULTILINE))
    [file, *_] = sorted(archive.rglob("*.gz"))
    line = json.loads(gzip.decompress(file.read_bytes()).splitlines()[0])
    kinds = {str: "string", int: "bigint"}
    assert columns == {name: kinds[type(value)] for name, value in line.items()}
    template = re.findall(r"'storage.location.template' = '(.*)'", EXTERNAL)[0]
    known = {BUCKET: str(archive), "${process}": "dev-example-web", "${day}": "2026/11/24"}
    for word, value in known.items():
        template = template.replace(word, value)
    assert file.parent == Path(template)


def test_what_was_made_in_several_rounds_has_several_members(archive: Path) -> None:
    assert any(file.read_bytes().count(b"\x1f\x8b\x08") > 1 for file in archive.rglob("*.gz"))

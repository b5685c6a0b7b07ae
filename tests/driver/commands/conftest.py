import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from driver.adapters.aws.dynamodb.ledger import DynamoLedger
from driver.adapters.aws.dynamodb.locks import DynamoLocks
from driver.adapters.aws.session import Session
from model.names.names import ledger_table
from tests.projects import ROOT

ENGINE = """#!/bin/sh
echo "$@" >> "$0.calls"
exit 1
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An engine that only writes down that it was called, and where."""
    engine = tmp_path / "pulumi"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    monkeypatch.setenv("SLIPWAY_ENGINE", str(engine))
    return tmp_path / "pulumi.calls"


@pytest.fixture
def ledger(session: Session, tmp_path: Path) -> Iterator[DynamoLedger]:
    """The ledger of dev in the sandbox, empty, beside a copy of the project in `tmp_path`."""
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    client = session.client("dynamodb")
    client.create_table(
        TableName=ledger_table("dev"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "app", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("app", "item")],
    )
    yield DynamoLedger(session, "dev", DynamoLocks(session, "dev"))
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_table(TableName=ledger_table("dev"))

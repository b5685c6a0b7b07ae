"""Lambda lets nobody reserve the last hundred copies of an account."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from sandbox import quotas
from tests.sandbox.emulator.cloud import Cloud

pytestmark = pytest.mark.sandbox
CODE = "L-B99A9384"


def archive() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as file:
        file.writestr("handler.py", "def handle(event, context): return 1\n")
    return body.getvalue()


@pytest.fixture
def few(cloud: Cloud) -> Iterator[Cloud]:
    """An account with 110 copies and two functions."""
    quotas.change(cloud.endpoint, "eu-west-1", "lambda", CODE, value=110)
    for name in ("one", "two"):
        cloud.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role="arn:aws:iam::000000000000:role/any",
            Handler="handler.handle",
            Code={"ZipFile": archive()},
        )
    yield cloud
    for name in ("one", "two"):
        cloud.client("lambda").delete_function(FunctionName=name)
    quotas.change(cloud.endpoint, "eu-west-1", "lambda", CODE, value=1000)


def test_the_last_hundred_copies_can_not_be_reserved(few: Cloud) -> None:
    client = few.client("lambda")
    client.put_function_concurrency(FunctionName="one", ReservedConcurrentExecutions=7)
    with pytest.raises(ClientError, match=r"below its minimum value of \[100\]") as refused:
        client.put_function_concurrency(FunctionName="two", ReservedConcurrentExecutions=4)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValueException"
    client.put_function_concurrency(FunctionName="two", ReservedConcurrentExecutions=3)
    client.put_function_concurrency(FunctionName="two", ReservedConcurrentExecutions=2)
    limit = client.get_account_settings()["AccountLimit"]
    assert (limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]) == (110, 101)

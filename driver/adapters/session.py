"""One AWS session a command, and one way in which AWS's errors become ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from driver.errors import Unreachable


class Session:
    """Clients for one region, made when first used. Requests are retried adaptively, throttling included."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._client = cache(self._make)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """The boto3 client of a service."""
        return self._client(service)

    def _make(self, service: str) -> Any:  # noqa: ANN401 - see client
        import boto3
        from botocore.config import Config

        config = Config(retries={"mode": "adaptive", "max_attempts": 10}, connect_timeout=5, read_timeout=60)
        return boto3.client(service, region_name=self.region, config=config)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """AWS's errors as Unreachable, naming what was being done. AWS's message never holds a secret value of ours."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        details = error.response.get("Error", {})
        raise Unreachable(f"AWS refused {doing}: {details.get('Code')}: {details.get('Message')}") from error
    except BotoCoreError as error:
        raise Unreachable(
            f"AWS did not answer while {doing}: {error}",
            hint="Check the credentials, the region and AWS_ENDPOINT_URL, then run the command again.",
        ) from error


def code(error: Exception) -> str:
    """The error code of a ClientError."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))

"""One AWS session a command, and one way in which AWS's errors become ours."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from driver.errors import Expired, Unavailable, Unreachable

# https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
RAN_OUT = re.compile(r"\b(ExpiredToken(Exception)?|RequestExpired)\b")
RENEWED = frozenset({
    "assume-role", "assume-role-with-web-identity", "container-role", "custom-process", "iam-role", "login", "sso",
})  # fmt: skip
"""Where credentials come from that botocore gets anew by itself, so that their end is not the end."""

Retries = Mapping[str, Any]

PASSING = {
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
}
"""What AWS answers with when it is asked too often; its own trouble has a 5xx status."""

ABSENT = "Without a cluster the environment is not up: `slipway up ENV` makes it."

PATIENT: Retries = {"mode": "adaptive", "max_attempts": 10}
QUICK: Retries = {"mode": "standard", "total_max_attempts": 2}
"""Adaptive retries go on waiting for a while after a throttling has ended, which would hold up a verdict."""


class Session:
    """Clients for one region, made when first used. Requests are retried adaptively, throttling included.

    https://boto3.amazonaws.com/v1/documentation/api/latest/guide/retries.html
    """

    def __init__(self, region: str, retries: Retries = PATIENT) -> None:
        self.region = region
        self._retries = retries
        self._client = cache(self._make)

    @cached_property
    def quick(self) -> "Session":
        """The same session for those who ask again anyway: it gives up after one retry."""
        session = Session(self.region, QUICK)
        session._boto3 = self._boto3
        return session

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """The boto3 client of a service."""
        return self._client(service)

    @cached_property
    def _boto3(self) -> Any:  # noqa: ANN401 - boto3 has no types
        import boto3

        return boto3.Session(region_name=self.region)

    def _make(self, service: str) -> Any:  # noqa: ANN401 - see client
        from botocore.config import Config

        config = Config(retries=self._retries, connect_timeout=5, read_timeout=60)
        return self._boto3.client(service, config=config)

    def expires(self) -> datetime | None:
        """When the credentials end; None when they are renewed without us, or don't say.

        Those in the environment say so in AWS_CREDENTIAL_EXPIRATION.
        https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
        """
        with translated("looking for credentials"):
            credentials = self._boto3.get_credentials()
        if credentials is None or credentials.method in RENEWED:
            return None
        found: datetime | None = getattr(credentials, "_expiry_time", None)
        return found


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """AWS's errors as Unreachable, naming what was being done; as Expired when it takes the credentials no more.

    AWS's message never holds a secret value of ours.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        ConnectionError,
        HTTPClientError,
        UnauthorizedSSOTokenError,
    )

    try:
        yield
    except ClientError as error:
        if RAN_OUT.fullmatch(code(error)):
            raise _expired(doing, code(error)) from error
        details = error.response.get("Error", {})
        kind = Unavailable if _passes(error.response) else Unreachable
        hint = ABSENT if code(error) == "ClusterNotFoundException" else ""
        raise kind(f"AWS refused {doing}: {details.get('Code')}: {details.get('Message')}", hint=hint) from error
    except UnauthorizedSSOTokenError as error:
        raise _expired(doing, "the SSO session is over") from error
    except RuntimeError as error:
        # What botocore raises when it asks for new credentials and gets old ones.
        if "credentials are still expired" not in str(error):
            raise
        raise _expired(doing, "AWS_CREDENTIAL_EXPIRATION is past") from error
    except BotoCoreError as error:
        kind = Unavailable if isinstance(error, ConnectionError | HTTPClientError) else Unreachable
        raise kind(
            f"AWS did not answer while {doing}: {error}",
            hint="Check the credentials, the region and AWS_ENDPOINT_URL, then run the command again.",
        ) from error


def _expired(doing: str, what: str) -> Expired:
    return Expired(f"the AWS credentials ran out while {doing} ({what})")


def _passes(response: Mapping[str, Any]) -> bool:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or status == 429 or response.get("Error", {}).get("Code") in PASSING


def code(error: Exception) -> str:
    """The error code of a ClientError."""
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))


def registry_of(account: str | None) -> Mapping[str, str]:
    """The argument by which ECR's operations are asked about another account's repositories."""
    return {} if account is None else {"registryId": account}

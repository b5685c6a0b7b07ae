"""One AWS session a command, and one way in which AWS's errors become ours."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, cached_property
from threading import Lock
from typing import Any

from driver.adapters.host.loopback import is_loopback
from driver.core.account.aws_answers import Answer, Trouble, failure, of_code
from driver.errors import DriverError

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
        self._making = Lock()

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
        # A session makes clients in one thread at a time.
        # https://boto3.amazonaws.com/v1/documentation/api/latest/guide/session.html
        with self._making:
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
    """AWS's errors as ours, naming what was being done: Expired when it takes the credentials no more, Unavailable
    where it passes, Unreachable. AWS's message never holds a secret value of ours.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _refusal(doing, error) from error
    except RuntimeError as error:
        # What botocore raises when it asks for new credentials and gets old ones.
        if "credentials are still expired" not in str(error):
            raise
        answer = Answer(doing=doing, text="AWS_CREDENTIAL_EXPIRATION is past")
        raise failure(Trouble.OVER, answer) from error
    except BotoCoreError as error:
        raise _silence(doing, error) from error


def _refusal(doing: str, error: Exception) -> DriverError:
    response: Mapping[str, Any] = getattr(error, "response", {})
    text = str(response.get("Error", {}).get("Message"))
    if RAN_OUT.fullmatch(code(error)):
        return failure(Trouble.OVER, Answer(doing=doing, text=code(error)))
    answer = Answer(doing=doing, text=text, code=code(error), ahead=_ahead(response), passes=_passes(response))
    return failure(of_code(code(error), text), answer)


def _ahead(response: Mapping[str, Any]) -> float | None:
    """By how many seconds our clock is ahead of the one that AWS dates its answers by."""
    told = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    try:
        return None if told is None else (datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds()
    except ValueError:
        return None


def _silence(doing: str, error: Exception) -> DriverError:
    """What the SDK could not even ask."""
    from botocore import exceptions as sdk

    kinds = {
        sdk.NoCredentialsError: Trouble.NO_CREDENTIALS,
        sdk.PartialCredentialsError: Trouble.NO_CREDENTIALS,
        sdk.CredentialRetrievalError: Trouble.NO_CREDENTIALS,
        sdk.ProfileNotFound: Trouble.NO_PROFILE,
        sdk.UnauthorizedSSOTokenError: Trouble.OVER,
        sdk.SSOTokenLoadError: Trouble.OVER,
        sdk.TokenRetrievalError: Trouble.OVER,
        sdk.NoRegionError: Trouble.NO_REGION,
        sdk.ProxyConnectionError: Trouble.PROXY,
        sdk.SSLError: Trouble.UNTRUSTED,
        sdk.EndpointConnectionError: Trouble.UNREACHED,
        sdk.ConnectTimeoutError: Trouble.UNREACHED,
    }
    trouble = next((row for kind, row in kinds.items() if isinstance(error, kind)), Trouble.SILENT)
    facts: Mapping[str, Any] = getattr(error, "kwargs", {})
    address = str(facts.get("proxy_url") or facts.get("endpoint_url") or "")
    passes = isinstance(error, sdk.ConnectionError | sdk.HTTPClientError) and trouble is not Trouble.UNTRUSTED
    text = "the SSO session is over" if trouble is Trouble.OVER else _plain(str(error))
    return failure(
        trouble, Answer(doing=doing, text=text, address=_plain(address), local=is_loopback(address), passes=passes)
    )


def _plain(text: str) -> str:
    """An address or a sentence without the password that a proxy's address may have: botocore masks the name alone."""
    return re.sub(r"(\w*\*+:)?//[^/@\s\"]*@", "//", text)


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

"""boto3 clients: made when first needed, once a service and region, shared by all threads."""

import os
import socket
import threading
from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from sandbox.providers.aws.failures import PluginError
from sandbox.providers.values import Properties


class Client(Protocol):
    """An AWS service; each of its operations is an attribute. boto3 makes them from data, so there are no types."""

    def __getattr__(self, operation: str) -> Callable[..., Properties]:
        """The operation of that name."""


class Request(Protocol):
    """What botocore is about to send."""

    url: str


# With botocore's standard back-off (at most 20 s a wait) this outlasts minutes of throttling or 5xx.
_ATTEMPTS = 12
_POOL = 64


class Clients:
    """All clients of one endpoint."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._clients: dict[tuple[str, str], Client] = {}
        self._lock = threading.Lock()
        self._account: Properties | None = None

    def client(self, service: str, region: str) -> Client:
        """The client of a service. Importing boto3 and loading a model is slow, and a preview needs neither."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._make(service, region)
            return self._clients[service, region]

    def caller(self, region: str) -> Properties:
        """Who calls: `Account`, `Arn`, `UserId`; asked once."""
        if self._account is None:
            self._account = self.client("sts", region).get_caller_identity()
        return self._account

    def _make(self, service: str, region: str) -> Client:
        import boto3
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            max_pool_connections=_POOL,
            connect_timeout=10,
            s3={"addressing_style": "path"},
        )
        url = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}", self._endpoint)
        client = boto3.client(service, region_name=region, endpoint_url=url, config=config)
        client.meta.events.register("before-send", _refuse_the_dead)
        made: Client = client
        return made


def _refuse_the_dead(request: Request, **_others: object) -> None:
    """A sandbox that is gone does not come back by waiting, so nobody waits for botocore's many retries."""
    place = urlsplit(request.url)
    try:
        socket.create_connection((place.hostname or "", place.port or 80), timeout=5).close()
    except ConnectionRefusedError:
        raise PluginError(f"nothing answers at {place.netloc} any more; run `slipway sandbox up`") from None
    except OSError:
        return

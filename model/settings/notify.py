"""Who is told of releases: Grafana and hooks. Tokens and secret addresses are in the environment, never here."""

from enum import StrEnum
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator

from model.base import Model
from model.settings.text import HookName


class Occasion(StrEnum):
    """What a hook may be told of. ROLLBACK is a release that went back and runs, whoever wanted it."""

    STARTED = "started"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLBACK = "rollback"


class Format(StrEnum):
    """What a hook understands: Slack's `{"text": …}`, which many chats take, or all that is known as JSON."""

    SLACK = "slack"
    JSON = "json"


class Grafana(Model):
    """Where marks go; with a dashboard's UID they are shown on that one only. The token is in GRAFANA_TOKEN."""

    url: str
    """The address of the Grafana; the token is in GRAFANA_TOKEN."""
    dashboard: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    """The UID of the dashboard that shows the marks; all of them if left out."""

    @field_validator("url")
    @classmethod
    def _holds_no_secret(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("not the address of a Grafana; write it as https://grafana.example.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("an address without user, password and query; the token comes from GRAFANA_TOKEN")
        return url.rstrip("/")


class Hook(Model):
    """An address that is told of releases; the address itself is in SLIPWAY_WEBHOOK_<NAME>, since it is a secret.

    The key is `events`, not `on`: unquoted, `on` is a truth value in YAML.
    """

    identity: ClassVar[str] = "name"
    name: HookName
    """A name of your own; the address is in SLIPWAY_WEBHOOK_NAME."""
    format: Format = Format.SLACK
    """What the other side understands."""
    events: Annotated[tuple[Occasion, ...], Field(min_length=1)] = (
        Occasion.SUCCEEDED,
        Occasion.FAILED,
        Occasion.ROLLBACK,
    )
    """What it is told of."""

    @property
    def variable(self) -> str:
        """The environment variable with its address."""
        return f"SLIPWAY_WEBHOOK_{self.name.upper()}"


class Notify(Model):
    """Everybody outside who is told of the releases of an environment."""

    grafana: Grafana | None = None
    """Where marks of releases go."""
    webhooks: tuple[Hook, ...] = ()
    """Addresses that are told of releases."""

"""Where the variables of the apps are, and how one gets in there. No secret is a setting: those come from outside."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from model.base import Model
from model.settings.text import Form

Mount = Annotated[
    str,
    Form(
        r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*",
        "is no mount of Vault; write its path with no / at the ends, such as secret or team/apps",
    ),
]


class Method(StrEnum):
    """How the driver logs in to Vault. TOKEN is no login: somebody has done that already.

    https://developer.hashicorp.com/vault/docs/auth
    """

    TOKEN = "token"
    APPROLE = "approle"
    AWS = "aws"
    JWT = "jwt"


class Auth(Model):
    """How the driver logs in to Vault, and as what."""

    method: Method = Method.TOKEN
    """How the driver logs in; `token` is no login: somebody has done that already."""
    mount: Mount | None = None
    """Where the method is mounted, below `auth/`; at its own name if left out."""
    role: Annotated[str, StringConstraints(min_length=1)] | None = None
    """The role to log in as."""
    audience: str | None = None
    """What GitHub is asked to make its token for; only with `jwt`."""
    server_id: str | None = None
    """The value of the header X-Vault-AWS-IAM-Server-ID; only with `aws`."""

    @property
    def place(self) -> str:
        """Where the method is mounted, below `auth/`."""
        return self.mount or str(self.method)

    @model_validator(mode="after")
    def _fits_the_method(self) -> Self:
        known = {
            Method.TOKEN: (),
            Method.APPROLE: ("mount", "role"),
            Method.AWS: ("mount", "role", "server_id"),
            Method.JWT: ("mount", "role", "audience"),
        }[self.method]
        given = self.model_fields_set - {"method"}
        if wrong := sorted(given - set(known)):
            fitting = f"it takes {', '.join(known)}" if known else "it takes nothing more"
            raise ValueError(f"{', '.join(wrong)} does not go with the method {self.method}; {fitting}")
        return self


class Vault(Model):
    """The KV version 2 engine with the variables of the apps."""

    mount: Mount = "secret"
    """Where the KV version 2 engine is mounted; variables are at `MOUNT/ENV/APP`."""
    namespace: str | None = None
    """The namespace; VAULT_NAMESPACE is stronger."""
    auth: Auth = Auth()
    """How the driver logs in."""

"""The variables that configure this project, read once and checked where they enter."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, unquote, urlsplit


@dataclass(frozen=True)
class Environment:
    """`database` is an entry of Django's DATABASES; without a `hirefire_token` its endpoint isn't there."""

    secret_key: str
    database: dict[str, Any]
    allowed_hosts: tuple[str, ...]
    greeting: str
    hirefire_token: str


def read(variables: Mapping[str, str]) -> Environment:
    """The project's configuration; one sentence and exit code 1 where a required variable is missing or wrong."""
    return Environment(
        secret_key=_required(variables, "SECRET_KEY"),
        database=_database(_required(variables, "DATABASE_URL")),
        allowed_hosts=tuple(host.strip() for host in _required(variables, "ALLOWED_HOSTS").split(",") if host.strip()),
        greeting=variables.get("GREETING", "Hello"),
        hirefire_token=variables.get("HIREFIRE_TOKEN", ""),
    )


def _required(variables: Mapping[str, str], name: str) -> str:
    return variables.get(name) or _refuse(f"{name} is not set, and this app can't run without it.")


def _refuse(sentence: str) -> NoReturn:
    sys.exit(sentence)


def _database(url: str) -> dict[str, Any]:
    """``sqlite:////absolute/path`` or ``postgres://user:password@host:port/name``; it may hold a password."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite" and not parts.netloc and parts.path.startswith("//"):
        return _sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme in ("postgres", "postgresql") and parts.hostname and parts.path.strip("/"):
        return _postgres(parts)
    _refuse("DATABASE_URL is neither sqlite:////absolute/path nor postgres://user:password@host:port/name.")


def _sqlite(path: Path) -> dict[str, Any]:
    # A write-ahead log lets readers read while another process writes; IMMEDIATE makes writers wait for each other at
    # the start of a transaction, where waiting works, and not in its middle, where SQLite refuses at once.
    options = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def _postgres(parts: SplitResult) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": str(parts.port or 5432),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }

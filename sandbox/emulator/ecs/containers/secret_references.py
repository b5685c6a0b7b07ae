"""A container's `secrets`, resolved by JSON key, staging label and version id as ECS resolves them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ministack.services import ecs, secretsmanager

from sandbox.emulator.patching.patch import Needs, Record, replace

NEEDS: Needs = {
    "ministack.services.ecs": ("_SecretResolutionError", "_resolve_container_secrets"),
    "ministack.services.secretsmanager": ("resolve_secret_string",),
}

ARN_FIELDS = 7


@dataclass(frozen=True)
class Reference:
    """`arn[:json-key[:version-stage[:version-id]]]`.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """

    arn: str
    key: str
    stage: str
    version: str

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Raises ValueError when there are more fields than ECS knows."""
        fields = text.split(":")
        key, stage, version, *more = (*fields[ARN_FIELDS:], "", "", "")
        if any(more):
            raise ValueError("it has more fields than arn:json-key:version-stage:version-id")
        return cls(":".join(fields[:ARN_FIELDS]), key, stage, version)


def install() -> None:
    """Make tasks start with the very version that their definition names, or not at all."""
    replace(ecs, "_resolve_container_secrets", _resolving)


def _resolving(original: Callable[[Record], dict[str, str]]) -> Callable[[Record], dict[str, str]]:
    def resolve(definition: Record) -> dict[str, str]:
        values: dict[str, str] = {}
        for secret in definition.get("secrets", []):
            if ":secretsmanager:" in secret.get("valueFrom", ""):
                values[secret["name"]] = _value(secret["valueFrom"])
            else:
                values.update(original({"secrets": [secret]}))
        return values

    return resolve


def _value(text: str) -> str:
    try:
        reference = Reference.parse(text)
    except ValueError as error:
        raise _failure(f"the reference {text} is malformed: {error}") from error
    stored = secretsmanager.resolve_secret_string(
        reference.arn, reference.stage or "AWSCURRENT", reference.version or None
    )
    if stored is None or not _stage_agrees(reference):
        raise _failure(
            f"unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find "
            f"the specified secret value for {_wanted(reference)} of {reference.arn}"
        )
    return _member(str(stored), reference) if reference.key else str(stored)


def _stage_agrees(reference: Reference) -> bool:
    """With both given, GetSecretValue wants them to name one version."""
    if not (reference.stage and reference.version):
        return True
    by_stage = secretsmanager.resolve_secret_string(reference.arn, reference.stage, None)
    by_version = secretsmanager.resolve_secret_string(reference.arn, reference.stage, reference.version)
    return bool(by_stage == by_version)


def _wanted(reference: Reference) -> str:
    return (
        f"VersionId: {reference.version}" if reference.version else f"staging label: {reference.stage or 'AWSCURRENT'}"
    )


def _member(stored: str, reference: Reference) -> str:
    try:
        members = json.loads(stored)
    except ValueError:
        members = None
    if not isinstance(members, dict) or reference.key not in members:
        raise _failure(
            f"unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain "
            f"json key {reference.key} ({reference.arn})"
        )
    return _text(members[reference.key])


def _text(member: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    return member if isinstance(member, str) else json.dumps(member)


def _failure(reason: str) -> Exception:
    # ministack turns this one class into a task stopped with ResourceInitializationError.
    made: Exception = ecs._SecretResolutionError(reason)
    return made

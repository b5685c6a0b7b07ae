"""Secrets Manager's rules for versions: idempotent tokens, label limits and reserved names."""

from collections.abc import Iterable
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import secretsmanager

from sandbox.emulator.patching.patch import Answer, Handler, Needs, Record, Refusal, answer, body_of, error, replace

NEEDS: Needs = {
    "ministack.core.responses": ("new_uuid",),
    "ministack.services.secretsmanager": (
        "_create_secret",
        "_put_secret_value",
        "_resolve",
        "_secrets",
        "_update_secret",
        "_update_secret_version_stage",
    ),
}

# "20 staging labels across all versions of a secret":
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
MAX_LABELS = 20
MAX_VALUE_BYTES = 65_536
SCHEDULED = "You can't create this secret because a secret with this name is already scheduled for deletion."
SAME_TOKEN = (
    "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {arn}."
)


def install() -> None:
    """Correct CreateSecret, PutSecretValue, UpdateSecret and UpdateSecretVersionStage."""
    replace(secretsmanager, "_create_secret", _guarded(_create))
    replace(secretsmanager, "_put_secret_value", _guarded(_put))
    replace(secretsmanager, "_update_secret", _guarded(_update))
    replace(secretsmanager, "_update_secret_version_stage", _guarded(_label))


def _guarded(rule: Any) -> Any:  # noqa: ANN401 - a handler of ministack's, made from one of ours
    def make(original: Handler) -> Handler:
        def handle(data: Record) -> Answer:
            try:
                _check_token_and_size(data)
                made: Answer = rule(original, data)
            except Refusal as refusal:
                return error(refusal)
            return made

        return handle

    return make


def _check_token_and_size(data: Record) -> None:
    token = data.get("ClientRequestToken")
    if token is not None and not 32 <= len(token) <= 64:
        raise Refusal("InvalidParameterException", "ClientRequestToken must have 32 to 64 characters.")
    if len(str(data.get("SecretString") or "").encode()) > MAX_VALUE_BYTES:
        raise Refusal("InvalidParameterException", f"SecretString can have at most {MAX_VALUE_BYTES} bytes.")


def _has_value(data: Record) -> bool:
    return "SecretString" in data or "SecretBinary" in data


def _same_value(version: Record, data: Record) -> bool:
    return all(version.get(name) == data.get(name) for name in ("SecretString", "SecretBinary"))


def _create(original: Handler, data: Record) -> Answer:
    existing = secretsmanager._secrets.get(data.get("Name"))
    token = data.get("ClientRequestToken")
    if existing is not None:
        return _created_before(original, data, existing)
    made = original(data)
    if made[0] >= 400:
        return made
    secret, body = secretsmanager._secrets[data["Name"]], body_of(made)
    if not _has_value(data):
        # AWS makes no version for a secret without a value.
        secret["Versions"].clear()
        body.pop("VersionId", None)
    elif token:
        secret["Versions"][token] = secret["Versions"].pop(body["VersionId"])
        body["VersionId"] = token
    return answer(body)


def _created_before(original: Handler, data: Record, existing: Record) -> Answer:
    if existing.get("DeletedDate"):
        raise Refusal("InvalidRequestException", SCHEDULED)
    version = existing["Versions"].get(data.get("ClientRequestToken"))
    if version is not None and _same_value(version, data):
        return answer({"ARN": existing["ARN"], "Name": existing["Name"], "VersionId": data["ClientRequestToken"]})
    return original(data)


def _put(original: Handler, data: Record) -> Answer:
    if not _has_value(data):
        raise Refusal("InvalidParameterException", "You must provide either SecretString or SecretBinary.")
    secret = _live_secret(data)
    if secret is None:
        return original(data)
    token = data.setdefault("ClientRequestToken", new_uuid())
    if (version := secret["Versions"].get(token)) is not None:
        return _put_again(secret, token, version, data)
    stages = data.setdefault("VersionStages", ["AWSCURRENT"])
    if not secret["Versions"] and "AWSCURRENT" not in stages:
        stages.append("AWSCURRENT")
    _check_labels(secret, stages)
    made = original(data)
    _attach(secret, token, stages)
    return answer({**body_of(made), "VersionStages": secret["Versions"][token]["Stages"]})


def _put_again(secret: Record, token: str, version: Record, data: Record) -> Answer:
    if not _same_value(version, data):
        raise Refusal("ResourceExistsException", SAME_TOKEN.format(token=token, arn=secret["ARN"]))
    found = {"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token, "VersionStages": version["Stages"]}
    return answer(found)


def _attach(secret: Record, token: str, stages: Iterable[str]) -> None:
    """Each label sits on one version: take it off the others."""
    for stage in stages:
        for identifier, version in secret["Versions"].items():
            if identifier != token and stage in version["Stages"]:
                version["Stages"].remove(stage)
        if stage not in secret["Versions"][token]["Stages"]:
            secret["Versions"][token]["Stages"].append(stage)


def _update(original: Handler, data: Record) -> Answer:
    """UpdateSecret with a value is PutSecretValue, with the same token rules."""
    secret = _live_secret(data)
    if secret is None or not _has_value(data):
        return original(data)
    without_value: Record = {name: data[name] for name in ("SecretId", "Description", "KmsKeyId") if name in data}
    original(without_value)
    value = {
        name: data[name] for name in ("SecretId", "SecretString", "SecretBinary", "ClientRequestToken") if name in data
    }
    made = body_of(secretsmanager._put_secret_value(value))
    if "__type" in made:
        return error(Refusal(made["__type"], made["message"]))
    return answer({name: made[name] for name in ("ARN", "Name", "VersionId")})


def _label(original: Handler, data: Record) -> Answer:
    secret = _live_secret(data)
    if secret is not None and data.get("MoveToVersionId"):
        _check_labels(secret, [data.get("VersionStage", "")])
    return original(data)


def _check_labels(secret: Record, added: Iterable[str]) -> None:
    labels = {stage for version in secret["Versions"].values() for stage in version["Stages"]}
    if "AWSCURRENT" in added and "AWSCURRENT" in labels:
        labels.add("AWSPREVIOUS")
    if len(labels | set(added)) > MAX_LABELS:
        raise Refusal(
            "LimitExceededException",
            f"You've reached the limit of {MAX_LABELS} staging labels across all versions of secret {secret['Name']}.",
        )


def _live_secret(data: Record) -> Record | None:
    """The secret meant, or none where ministack's own refusal is right."""
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    return None if secret is None or secret.get("DeletedDate") else secret

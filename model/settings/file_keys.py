"""The keys of the two settings files, before their values: mistyped ones, the driver's own, and the provider's."""

import difflib
from collections.abc import Iterator, Mapping

from model.errors import SpecError
from model.settings.environment import Settings
from model.settings.parse import DRIVEN, NAMESPACE
from model.settings.text import show

PREFIX = f"{NAMESPACE}:"
REGION = "aws:region"
PROVIDERS = {"aws", "awsx", "pulumi"}
OF_PULUMI = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""What may stand beside `config:` in a stack file.

https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/
"""
ALIKE = 0.8
"""Names at least as much alike, of 1, are one name mistyped."""
BY_VARIABLE = {
    "profile": "set AWS_PROFILE",
    "accessKey": "set AWS_ACCESS_KEY_ID",
    "secretKey": "set AWS_SECRET_ACCESS_KEY",
    "token": "set AWS_SESSION_TOKEN",
    "sharedConfigFiles": "set AWS_CONFIG_FILE",
    "sharedCredentialsFiles": "set AWS_SHARED_CREDENTIALS_FILE",
    "assumeRole": "set AWS_PROFILE to one with role_arn",
    "assumeRoles": "set AWS_PROFILE to one with role_arn",
    "assumeRoleWithWebIdentity": "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE",
    "endpoints": "set AWS_ENDPOINT_URL",
}
"""Who and where AWS is, which the engine alone would take from a file: the driver's own calls go by the environment.

https://www.pulumi.com/registry/packages/aws/installation-configuration/
"""


def of_stack(file: str, whole: Mapping[str, object]) -> Iterator[SpecError]:
    """What is wrong with the keys of a stack file, read whole."""
    for key in map(str, whole):
        if key not in OF_PULUMI:
            meant = difflib.get_close_matches(key, OF_PULUMI, 1, ALIKE)
            cure = f"did you mean {meant[0]}?" if meant else "settings stand below config:, indented"
            yield _wrong(file, key, f"unknown here; {cure}")
    config = whole.get("config")
    for key in map(str, config if isinstance(config, Mapping) else {}):
        yield from _in_config(file, key)
    region = config.get(REGION, "") if isinstance(config, Mapping) else ""
    if not isinstance(region, str):
        yield _wrong(file, REGION, f"{show(region)} will not do; write a region such as eu-west-1")


def of_project(file: str, whole: Mapping[str, object]) -> Iterator[SpecError]:
    """What is wrong with the keys of Pulumi.yaml, read whole; what it has beside `config:` is Pulumi's own."""
    for key in map(str, whole):
        if key not in {"config", "name"} and difflib.get_close_matches(key, ["config"], 1, ALIKE):
            yield _wrong(file, key, "unknown; did you mean config?")
    config = whole.get("config")
    for key in map(str, config if isinstance(config, Mapping) else {}):
        space, _, name = key.rpartition(":")
        if space in {"", NAMESPACE} and name in DRIVEN:
            yield _driven(file, key)
        elif key == REGION:
            yield _wrong(file, key, "each environment has a region of its own; write it into the stack files")
        elif space == "aws" and name in BY_VARIABLE:
            yield _by_variable(file, key, name)


def _in_config(file: str, key: str) -> Iterator[SpecError]:
    """What looks like a setting of ours or the region, and would be passed over; and what only the engine would see."""
    space, _, name = key.rpartition(":")
    ours = [f"{PREFIX}{field}" for field in Settings.model_fields]
    meant = difflib.get_close_matches(key, [REGION] if space in PROVIDERS else [REGION, *ours], 1, ALIKE)
    if not space:
        yield _wrong(file, key, f"a setting's name has a prefix here; write {PREFIX}{name}")
    elif space == NAMESPACE and name in DRIVEN:
        yield _driven(file, key)
    elif space == "aws" and name in BY_VARIABLE:
        yield _by_variable(file, key, name)
    elif space != NAMESPACE and key != REGION and meant:
        yield _wrong(file, key, f"unknown; did you mean {meant[0]}?")


def _driven(file: str, key: str) -> SpecError:
    return _wrong(file, key, "Slipway itself says this to the engine, run by run; take it out")


def _by_variable(file: str, key: str, name: str) -> SpecError:
    return _wrong(
        file, key, f"only the engine would go by it, and not Slipway's own calls; take it out, and {BY_VARIABLE[name]}"
    )


def _wrong(file: str, key: str, message: str) -> SpecError:
    return SpecError(f"{file}: {key}", message)

"""The provider's own settings: region and default tags; whatever else would change its meaning is refused."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.providers.aws.checking import Failure
from sandbox.providers.values import Properties

_TAKEN = frozenset({"region", "defaultTags", "version", "pluginDownloadURL"})
# About credentials and patience: true of any endpoint, and of no consequence here.
_HARMLESS = frozenset(
    [
        "accessKey",
        "secretKey",
        "token",
        "profile",
        "maxRetries",
        "retryMode",
        "allowedAccountIds",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "sharedCredentialsFiles",
        "sharedConfigFiles",
    ]
)


@dataclass(frozen=True, kw_only=True)
class ProviderConfig:
    """What holds for every resource of one provider."""

    region: str = ""
    default_tags: dict[str, str] = field(default_factory=dict)


def _default_region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "")


def from_provider_inputs(inputs: Properties) -> ProviderConfig:
    """The settings in a Configure request, where what is not a string is JSON."""
    tags = (_plain(inputs.get("defaultTags")) or {}).get("tags") or {}
    return ProviderConfig(region=str(inputs.get("region") or _default_region()), default_tags=dict(tags))


def _plain(value: object) -> Properties:
    parsed = json.loads(value) if isinstance(value, str) and value.startswith("{") else value
    return parsed if isinstance(parsed, dict) else {}


def config_problems(inputs: Properties) -> Iterator[Failure]:
    """What the stand-in does not do, by setting."""
    for key in sorted(inputs):
        if key not in _TAKEN | _HARMLESS and not key.startswith("__"):
            yield Failure(
                key, f"sandbox: the stand-in aws provider has no setting {key!r}; it has region and defaultTags"
            )
    if not inputs.get("region") and not _default_region():
        yield Failure("region", "aws:region is not set, nor AWS_REGION in the environment")

"""Sets quotas and their usage in a running sandbox, as AWS's support and other people's load would."""

import json
import urllib.error
import urllib.request

from sandbox.errors import SandboxError

TIMEOUT = 10.0
TARGET = "ServiceQuotasV20190624.SandboxSet"


def change(
    endpoint: str, region: str, service: str, code: str, *, value: float | None = None, usage: float | None = None
) -> None:
    """Give a quota another value, which grants what was asked for, or AWS/Usage another usage. Raises SandboxError."""
    given = {"Value": value, "Usage": usage}
    body = {"ServiceCode": service, "QuotaCode": code, **{key: row for key, row in given.items() if row is not None}}
    scope = f"AWS4-HMAC-SHA256 Credential=test/20260101/{region}/servicequotas/aws4_request"
    headers = {"x-amz-target": TARGET, "authorization": scope, "content-type": "application/x-amz-json-1.1"}
    request = urllib.request.Request(endpoint, data=json.dumps(body).encode(), headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):
            pass
    except urllib.error.HTTPError as error:
        with error:
            raise SandboxError(f"the sandbox refused the quota: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise SandboxError(
            f"the sandbox at {endpoint} can't be reached: {error}", "run `slipway sandbox up`"
        ) from error

"""The bucket that Pulumi's S3 backend keeps its state in; making it also waits for the emulator."""

import http.client
import time

from sandbox.errors import SandboxError
from sandbox.state_dir import Record

NAME = "slipway-state"
READY_WITHIN = 20.0
POLL = 0.01


def create(record: Record) -> None:
    """Create it as soon as the emulator answers; raises SandboxError when it doesn't."""
    deadline, status = time.monotonic() + READY_WITHIN, 0
    while time.monotonic() < deadline:
        status = _put(record)
        if status == 200:
            return
        time.sleep(POLL)
    raise SandboxError(f"the emulator on {record.endpoint} did not create bucket {NAME}: status {status or 'none'}")


def _put(record: Record) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", record.port, timeout=10)
    # The region is read from the signature's scope; the signature itself is nobody's concern here.
    scope = f"test/20200101/{record.region}/s3/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    place = f"<LocationConstraint>{record.region}</LocationConstraint>"
    body = f"<CreateBucketConfiguration>{place}</CreateBucketConfiguration>"
    try:
        connection.request("PUT", f"/{NAME}", body if record.region != "us-east-1" else None, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()

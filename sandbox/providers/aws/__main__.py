"""`python -m sandbox.providers.aws ENGINE`: the program that the engine starts as its aws plugin."""

import os
import sys

from sandbox.providers.aws.endpoint import NotLoopbackError, require_loopback


def main() -> int:
    """Serves the plugin; 1 where the endpoint could be the real AWS."""
    try:
        endpoint = require_loopback(os.environ)
    except NotLoopbackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    from sandbox.providers.aws.clients import Clients
    from sandbox.providers.aws.provider import AwsServicer
    from sandbox.providers.serving import serve

    serve(AwsServicer(Clients(endpoint)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

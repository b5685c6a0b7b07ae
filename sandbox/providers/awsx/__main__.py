"""`python -m sandbox.providers.awsx ENGINE`: the program that the engine starts as its awsx plugin."""

import os
import sys

from sandbox.providers.aws.endpoint import NotLoopbackError, require_loopback


def main() -> int:
    """Serves the plugin to the engine at the address in argv[1]; 1 where the endpoint could be the real AWS."""
    try:
        require_loopback(os.environ)
    except NotLoopbackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    from pulumi.provider import main as serve

    from sandbox.providers.awsx.provider import AwsxProvider
    from sandbox.providers.serving import end_with_the_engine

    end_with_the_engine()
    serve(AwsxProvider(), sys.argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main())

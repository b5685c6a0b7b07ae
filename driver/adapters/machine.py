"""This machine, as `slipway doctor` looks at it: which engine would be used, and which programs are there."""

import os
import shutil

from driver.adapters.host.loopback import is_loopback
from driver.adapters.pulumi.find_engine import EngineMissingError, look
from driver.errors import NotReady


class ThisMachine:
    """The port Machine."""

    def engine(self) -> str:
        """The engine that would be used; none is installed or built for the question."""
        try:
            found = look(env=os.environ)
        except EngineMissingError as error:
            raise NotReady(error.message, hint=error.hint) from None
        if found is None:
            raise NotReady(
                "no Pulumi engine is here; the first command that needs one installs or builds it",
                hint="Or install it: https://www.pulumi.com/docs/iac/download-install/",
            )
        return str(found)

    def finds(self, program: str) -> bool:
        """Whether a program is on PATH."""
        return shutil.which(program) is not None

    def is_sandbox(self) -> bool:
        """Whether AWS is one on this machine."""
        return is_loopback(os.environ.get("AWS_ENDPOINT_URL", "https://aws"))

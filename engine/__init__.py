"""The Go module that pins the Pulumi engine, shipped with its files so that an installed copy can build it too.

To move to another version: change `ENGINE_VERSION` and the `require` line of `go.mod`, copy the `replace` lines of
https://github.com/pulumi/pulumi/blob/master/pkg/go.mod, run `go mod tidy` in this folder.
"""

from importlib.resources import files
from typing import Final

ENGINE_VERSION: Final = "3.259.0"
GO_PACKAGE: Final = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
GO_FILES: Final = ("go.mod", "go.sum", "tools.go")


def read_go_file(name: str) -> bytes:
    """The content of one of `GO_FILES`; it also works from a zip or a read-only installation."""
    return files(__name__).joinpath(name).read_bytes()

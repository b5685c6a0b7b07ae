"""The provider as the engine speaks to it: one component type."""

import json

import pulumi
from pulumi.errors import InputPropertyError
from pulumi.provider import ConstructResult, Provider

from sandbox.providers.awsx import VERSION, arguments
from sandbox.providers.awsx.layout import LayoutError
from sandbox.providers.awsx.reading import ArgumentError, Inputs
from sandbox.providers.awsx.vpc import TYPE, Vpc


class AwsxProvider(Provider):
    """Programs use the official SDK, so the schema is name and version only."""

    def __init__(self) -> None:
        super().__init__(VERSION, json.dumps({"name": "awsx", "version": VERSION}))

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Makes a component; raises InputPropertyError, which the engine shows without a stack trace."""
        if resource_type != TYPE:
            raise InputPropertyError("type", f"{resource_type} {name!r}: the sandbox's awsx plugin makes {TYPE} only")
        try:
            made = Vpc(name, arguments.read(inputs), options)
        except (ArgumentError, LayoutError) as error:
            # These errors open with the argument's path; the engine adds type and name.
            path, _, reason = str(error).partition(": ")
            raise InputPropertyError(path, f"{path}: {reason}") from error
        return ConstructResult(urn=made.urn, state=made.outputs)

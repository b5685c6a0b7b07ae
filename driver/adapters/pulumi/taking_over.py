"""Taking over what is at AWS already, within the engine's own run: what the program registers and the state doesn't
have is looked for, and where it is there it is imported in place of being made.

A killed update leaves such things behind, and so does a state that has lost something. The engine imports what has an
id among its options, compares it with what the program wants, and changes the difference in the same run:
https://www.pulumi.com/docs/iac/concepts/resources/options/import/
The lookup is a transform, since that is where the inputs are known: https://www.pulumi.com/docs/iac/concepts/transforms/
"""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cached_property, partial
from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from driver.core.ports import Say, Update
from driver.core.values.existing import Existing, Found, Wanted, check_ours
from driver.errors import DriverError, Unreachable

AT_ONCE = 16
STACK = "pulumi:pulumi:Stack"
Arguments = pulumi.ResourceTransformArgs
Result = pulumi.ResourceTransformResult


class TakingOver:
    """One run of the program in which what is there is taken over, as far as the update may touch it.

    `refused` is what keeps the run from going on: something stands in the way that is not ours.
    """

    def __init__(self, update: Update, existing: Existing, say: Say) -> None:
        self._env = update.env
        self._known = update.known or frozenset()
        self._targets = frozenset(urn.removesuffix("*") for urn in update.targets)
        self._existing = existing
        self._say = say
        self._types: dict[pulumi.Resource, str] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE)
        self.refused: list[DriverError] = []

    def begin(self) -> None:
        """From here on, within the program's run, each new resource is looked for."""
        pulumi.runtime.register_stack_transformation(self._attach)

    def _attach(self, given: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        """Only what is new is worth a question; a component of another process has children that we don't see."""
        chain = self._chain(given)
        remote = not isinstance(given.resource, pulumi.CustomResource) and given.type_.startswith("awsx:")
        if not remote and (not isinstance(given.resource, pulumi.CustomResource) or self._stands(chain, given.name)):
            return None
        opts = pulumi.ResourceOptions.merge(given.opts, pulumi.ResourceOptions(transforms=[self._look]))
        return pulumi.ResourceTransformationResult(props=given.props, opts=opts)

    def _chain(self, given: pulumi.ResourceTransformationArgs) -> str:
        """The types of a resource and its parents, as its URN has them."""
        parent = given.opts.parent
        above = self._types.get(parent, "") if parent is not None else ""
        chain = given.type_ if given.type_ == STACK or not above else f"{above}${given.type_}"
        self._types[given.resource] = chain
        return chain

    def _stands(self, chain: str, name: str) -> bool:
        urn = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{chain}::{name}"
        if self._targets and urn not in self._targets:
            return True
        return urn in self._known or urn in self._standing

    async def _look(self, given: Arguments) -> Result | None:
        if not given.custom:
            return None
        if await self._is_known(given):
            return None
        inputs = await _plain(given.props)
        wanted = Wanted(kind=given.type_, name=given.name, inputs=inputs)
        # The SDK's own threads all wait for what is being registered, which is this.
        work = partial(copy_context().run, self._found, wanted)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        if found is None:
            return None
        return Result(given.props, pulumi.ResourceOptions.merge(given.opts, pulumi.ResourceOptions(import_=found.id)))

    async def _is_known(self, given: Arguments) -> bool:
        """A child of a component of another process, which only its parent's URN places."""
        parent = given.opts.parent
        urn = await parent.urn.future() if parent is not None else None
        chain = urn.split("::")[2] if urn else ""
        above = "" if chain in {"", STACK} else f"{chain}$"
        return self._stands(f"{above}{given.type_}", given.name)

    def _found(self, wanted: Wanted) -> Found | None:
        try:
            found = self._existing.find(wanted)
        except Unreachable as error:
            self._say(f"{error.message}; it is made without having looked")
            return None
        if found is None:
            return None
        try:
            check_ours(self._env, wanted, found)
        except DriverError as error:
            self.refused.append(error)
            raise
        return self._awake(found)

    def _awake(self, found: Found) -> Found | None:
        """A preview takes nothing back, and so can't import it."""
        if found.asleep and pulumi.runtime.is_dry_run():
            return None
        if found.asleep:
            self._say(f"taking back {found.label}, which is scheduled for deletion")
            self._existing.wake(found)
        return found

    @cached_property
    def _standing(self) -> frozenset[str]:
        """The URNs in the state now that the engine's lock is ours: another update may have come in between, and to
        import what the state has under another id would replace it.
        """
        arguments = struct_pb2.Struct()
        arguments.update({"stackName": f"organization/{pulumi.get_project()}/{pulumi.get_stack()}"})
        request = resource_pb2.ResourceInvokeRequest(
            tok="pulumi:pulumi:readStackResourceOutputs", args=arguments, acceptResources=False
        )
        monitor: Any = settings.get_monitor()
        answer = monitor.Invoke(request)
        return frozenset(getattr(answer, "return").fields["outputs"].struct_value.fields)


async def _plain(props: Mapping[str, Any]) -> Mapping[str, Any]:
    """The inputs as plain values; those that are not known yet, which happens in a preview, are left out."""
    plain = {}
    for key, value in props.items():
        known = pulumi.Output.from_input(value)
        if await known.is_known():
            plain[key] = await known.future()
    return plain

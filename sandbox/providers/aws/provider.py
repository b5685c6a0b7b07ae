"""The provider as the engine speaks to it: gRPC requests in, operations on rows out."""
# ruff: noqa: N802 - the methods have the names that the protocol gives them

import json
from typing import NoReturn

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.providers.aws import VERSION, operations
from sandbox.providers.aws.checking import Failure, check
from sandbox.providers.aws.clients import Clients
from sandbox.providers.aws.diffing import Difference, compare
from sandbox.providers.aws.failures import PluginError, explain
from sandbox.providers.aws.functions import invoke
from sandbox.providers.aws.provider_config import ProviderConfig, config_problems, from_provider_inputs
from sandbox.providers.aws.resource import Call, Row
from sandbox.providers.aws.resources import row_of
from sandbox.providers.values import Properties, from_struct, is_unknown, to_struct

_Kind = provider_pb2.PropertyDiff


class AwsServicer(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process; the engine calls it from many threads."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._config = ProviderConfig()

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """The version of the official plugin that this one stands in for."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Name and version only: programs use the official SDK, which has the rest."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": VERSION}))

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuses settings that the stand-in would have to ignore."""
        return _checked(from_struct(request.news), list(config_problems(from_struct(request.news))))

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Another region means other resources: all are replaced, as by the official provider."""
        old, new = from_struct(request.old_inputs) or from_struct(request.olds), from_struct(request.news)
        changed = {key for key in {**old, **new} if key != "version" and old.get(key) != new.get(key)}
        moved = {"region"} & changed if not is_unknown(new.get("region")) else set()
        kinds = {key: _Kind(kind=_Kind.UPDATE_REPLACE if key in moved else _Kind.UPDATE) for key in changed}
        return provider_pb2.DiffResponse(
            changes=_any(bool(changed)),
            replaces=sorted(moved),
            diffs=sorted(changed),
            detailedDiff=kinds,
            hasDetailedDiff=True,
        )

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Takes region and default tags. The engine keeps secrets secret itself, so none are asked for."""
        self._config = from_provider_inputs(from_struct(request.args))
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Runs one of the provider's functions."""
        arguments = from_struct(request.args)
        try:
            answer = invoke(request.tok, arguments, self._clients, arguments.get("region") or self._config.region)
        except (PluginError, ClientError, BotoCoreError) as error:
            text = str(error) if isinstance(error, PluginError) else f"{request.tok}: {explain(error)}"
            context.abort(grpc.StatusCode.UNKNOWN, text)
        return provider_pb2.InvokeResponse(**{"return": to_struct(answer)})

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Checks a resource's inputs and fills in names and defaults."""
        row, name = _row(request.urn, context), _logical(request.urn)
        news, olds = from_struct(request.news), from_struct(request.olds)
        return _checked(*check(row, name, news, olds, request.randomSeed))

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compares inputs; a refresh has brought the old ones up to date."""
        row, new = _row(request.urn, context), from_struct(request.news)
        old = from_struct(request.old_inputs) or from_struct(request.olds)
        found = compare(row, old, new, frozenset(request.ignoreChanges))
        details = _details(found)
        before = from_struct(request.olds).get("tagsAll")
        after = operations.all_tags(new, self._config.default_tags)
        if before is not None and "tags" not in request.ignoreChanges and not is_unknown(after) and before != after:
            details.setdefault("tagsAll", _Kind(kind=_Kind.UPDATE))
        return provider_pb2.DiffResponse(
            changes=_any(bool(details)),
            diffs=sorted(details),
            replaces=sorted(found.replaces),
            deleteBeforeReplace=found.deletes_first,
            detailedDiff=details,
            hasDetailedDiff=True,
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Makes a resource, or says what a preview can know of it."""
        row, inputs, tags = _row(request.urn, context), from_struct(request.properties), self._config.default_tags
        if request.preview:
            plan = operations.planned(row, inputs, tags, self._config.region)
            return provider_pb2.CreateResponse(properties=to_struct(plan))
        call = self._call(row, request.urn, inputs, {}, request.timeout)
        try:
            made, state = operations.create(row, call, tags)
        except (PluginError, operations.HalfDoneError) as error:
            _fail(error, context)
        return provider_pb2.CreateResponse(id=made, properties=to_struct(state))

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Reads a resource for a refresh or an import."""
        row = _row(request.urn, context)
        call = self._call(row, request.urn, from_struct(request.inputs), from_struct(request.properties), 0)
        call.id = request.id
        try:
            found = operations.read(row, call, self._config.default_tags)
        except PluginError as error:
            _fail(error, context)
        if not found.id:
            # The engine takes whatever comes with an id, or without one, for what it has asked for.
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=found.id, properties=to_struct(found.state), inputs=to_struct(found.inputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Changes a resource in place."""
        row, state, news = _row(request.urn, context), from_struct(request.olds), from_struct(request.news)
        if request.preview:
            plan = state | operations.planned_change(row, news, self._config.default_tags)
            return provider_pb2.UpdateResponse(properties=to_struct(plan))
        call = self._call(row, request.urn, news, state, request.timeout)
        call.id = request.id
        old = from_struct(request.old_inputs) or state
        try:
            state = operations.update(row, call, old, self._config.default_tags)
        except (PluginError, operations.HalfDoneError) as error:
            _fail(error, context)
        return provider_pb2.UpdateResponse(properties=to_struct(state))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Deletes a resource."""
        row, state = _row(request.urn, context), from_struct(request.properties)
        call = self._call(row, request.urn, from_struct(request.old_inputs), state, request.timeout)
        call.id = request.id
        try:
            operations.delete(row, call)
        except PluginError as error:
            _fail(error, context)
        return empty_pb2.Empty()

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Operations under way are waited for by the engine; there is nothing to undo."""
        return empty_pb2.Empty()

    def _call(self, row: Row, urn: str, inputs: Properties, state: Properties, timeout: float) -> Call:
        return Call(
            type=row.type,
            name=_logical(urn),
            service=row.service,
            region=inputs.get("region") or state.get("region") or self._config.region,
            clients=self._clients,
            inputs=inputs,
            state=state,
            timeout=timeout,
        )


def _logical(urn: str) -> str:
    return urn.split("::", 3)[3]


def _row(urn: str, context: grpc.ServicerContext) -> Row:
    token = urn.split("::")[2].rsplit("$", 1)[-1]
    try:
        return row_of(token)
    except PluginError as error:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, str(error))
        raise


def _any(changed: bool) -> provider_pb2.DiffResponse.DiffChanges.ValueType:
    return provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE


def _checked(inputs: Properties, failures: list[Failure]) -> provider_pb2.CheckResponse:
    refused = [provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in failures]
    return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=refused)


def _details(found: Difference) -> dict[str, provider_pb2.PropertyDiff]:
    kinds = [
        (found.added, _Kind.ADD, _Kind.ADD_REPLACE),
        (found.removed, _Kind.DELETE, _Kind.DELETE_REPLACE),
        (found.updated, _Kind.UPDATE, _Kind.UPDATE_REPLACE),
    ]
    return {
        key: _Kind(kind=replacing if key in found.replaces else plain, inputDiff=True)
        for keys, plain, replacing in kinds
        for key in keys
    }


def _fail(error: Exception, context: grpc.ServicerContext) -> NoReturn:
    """Ends the request with the error; where a resource exists all the same, with its id and properties."""
    text = error.reason if isinstance(error, operations.HalfDoneError) else str(error)
    if isinstance(error, operations.HalfDoneError):
        detail = provider_pb2.ErrorResourceInitFailed(
            id=error.resource_id, properties=to_struct(error.properties), reasons=[text]
        )
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
        status.details.add().Pack(detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, text)
    raise AssertionError("abort raises")

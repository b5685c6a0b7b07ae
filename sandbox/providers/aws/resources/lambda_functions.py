"""Lambda functions, who may call them, and what becomes of calls that fail."""

import io
import json
import zipfile
from collections.abc import Mapping

from botocore.exceptions import ClientError

from sandbox.providers.aws.failures import PluginError, found, is_missing
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import from_aws, to_aws
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties

_SHAPE = "description handler memorySize role runtime timeout"
_ANY = -1
"""The official provider's word for a function without reserved concurrency."""


def _packed(code: Mapping[str, object]) -> bytes:
    """The archive as Lambda takes it. The engine sends an archive of texts as `assets`, each with its `text`."""
    assets = code.get("assets")
    if not isinstance(assets, Mapping) or not all(
        isinstance(one, Mapping) and "text" in one for one in assets.values()
    ):
        raise PluginError("the stand-in takes code as an archive of texts only")
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for path, asset in sorted(assets.items()):
            archive.writestr(zipfile.ZipInfo(path), str(asset["text"]))
    return memory.getvalue()


def _configuration(call: Call) -> Properties:
    variables = (call.inputs.get("environment") or {}).get("variables") or {}
    return {**to_aws(call.inputs, _SHAPE), "Environment": {"Variables": variables}}


def _create(call: Call) -> None:
    tags = {"Tags": call.tags} if call.tags else {}
    call.aws.create_function(
        FunctionName=call.inputs["name"],
        Code={"ZipFile": _packed(call.inputs["code"])},
        Architectures=call.inputs.get("architectures") or ["x86_64"],
        **_configuration(call),
        **tags,
    )
    call.created(call.inputs["name"])
    _reserve(call)


def _reserve(call: Call) -> None:
    reserved = call.inputs.get("reservedConcurrentExecutions", _ANY)
    if reserved == _ANY:
        found(lambda: call.aws.delete_function_concurrency(FunctionName=call.inputs["name"]))
    else:
        call.aws.put_function_concurrency(FunctionName=call.inputs["name"], ReservedConcurrentExecutions=int(reserved))


def _update(call: Call) -> None:
    name = call.inputs["name"]
    if "code" in call.changed:
        call.aws.update_function_code(FunctionName=name, ZipFile=_packed(call.inputs["code"]))
    if call.changed - {"code", "reservedConcurrentExecutions"}:
        call.aws.update_function_configuration(FunctionName=name, **_configuration(call))
    if "reservedConcurrentExecutions" in call.changed:
        _reserve(call)


def _read(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_function(FunctionName=call.id))
    if answer is None:
        return None
    row = answer["Configuration"]
    variables = row.get("Environment", {}).get("Variables") or {}
    reserved = (answer.get("Concurrency") or {}).get("ReservedConcurrentExecutions", _ANY)
    arn = row["FunctionArn"]
    return {
        **{key: value for key, value in from_aws(row, _SHAPE).items() if value != ""},
        "name": call.id,
        "arn": arn,
        "architectures": row.get("Architectures", ["x86_64"]),
        "codeSha256": row.get("CodeSha256", ""),
        "environment": {"variables": variables} if variables else None,
        "packageType": "Zip",
        "reservedConcurrentExecutions": reserved,
        "invokeArn": f"arn:aws:apigateway:{call.region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        "version": row.get("Version", "$LATEST"),
        "tags": answer.get("Tags") or {},
    }


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_function(FunctionName=call.id))


_CONDITIONS = {
    "sourceArn": "SourceArn",
    "sourceAccount": "SourceAccount",
    "functionUrlAuthType": "FunctionUrlAuthType",
    "invokedViaFunctionUrl": "InvokedViaFunctionUrl",
}


def _permit(call: Call) -> None:
    conditions = {to: call.inputs.get(name) for name, to in _CONDITIONS.items()}
    call.aws.add_permission(
        FunctionName=call.inputs["function"],
        StatementId=call.inputs["statementId"],
        Action=call.inputs["action"],
        Principal=call.inputs["principal"],
        **{key: value for key, value in conditions.items() if value},
    )
    call.created(call.inputs["statementId"])


def _locate_permission(call: Call) -> None:
    function, _, statement = call.id.rpartition("/")
    if not function:
        raise PluginError(f"{call.type}: import id {call.id!r}: expected <function>/<statement id>")
    call.state = {"function": function.rsplit(":", 1)[-1]}
    call.created(statement)


def _read_permission(call: Call) -> Properties | None:
    function = call.setting("function")
    answer = found(lambda: call.aws.get_policy(FunctionName=function))
    statements = json.loads(answer["Policy"])["Statement"] if answer else []
    row = next((one for one in statements if one["Sid"] == call.id), None)
    if row is None:
        return None
    condition, principal = row.get("Condition", {}), row["Principal"]
    return {
        "statementId": call.id,
        "function": function,
        "action": row["Action"],
        "principal": principal.get("Service", principal.get("AWS")) if isinstance(principal, dict) else principal,
        "sourceArn": condition.get("ArnLike", {}).get("AWS:SourceArn"),
        "sourceAccount": condition.get("StringEquals", {}).get("AWS:SourceAccount"),
        "functionUrlAuthType": condition.get("StringEquals", {}).get("lambda:FunctionUrlAuthType"),
        "invokedViaFunctionUrl": _truth(condition.get("Bool", {}).get("lambda:InvokedViaFunctionUrl")),
    }


def _truth(text: str | None) -> bool | None:
    return None if text is None else text == "true"


def _forbid(call: Call) -> None:
    found(lambda: call.aws.remove_permission(FunctionName=call.setting("function"), StatementId=call.id))


def _put_events(call: Call) -> None:
    wanted: Properties = {"MaximumRetryAttempts": int(call.inputs.get("maximumRetryAttempts", 2))}
    if call.inputs.get("maximumEventAgeInSeconds"):
        wanted["MaximumEventAgeInSeconds"] = int(call.inputs["maximumEventAgeInSeconds"])
    failed = ((call.inputs.get("destinationConfig") or {}).get("onFailure") or {}).get("destination")
    if failed:
        wanted["DestinationConfig"] = {"OnFailure": {"Destination": failed}}
    call.aws.put_function_event_invoke_config(FunctionName=call.inputs["functionName"], **wanted)
    call.created(call.inputs["functionName"])


def _read_events(call: Call) -> Properties | None:
    try:
        answer = call.aws.get_function_event_invoke_config(FunctionName=call.id)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    shown: Properties = {"functionName": call.id, **from_aws(answer, "maximumRetryAttempts maximumEventAgeInSeconds")}
    failed = answer.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    return shown | ({"destinationConfig": {"onFailure": {"destination": failed}}} if failed else {})


def _delete_events(call: Call) -> None:
    found(lambda: call.aws.delete_function_event_invoke_config(FunctionName=call.id))


def _open(call: Call) -> None:
    call.aws.create_function_url_config(
        FunctionName=call.inputs["functionName"], AuthType=call.inputs["authorizationType"]
    )
    call.created(call.inputs["functionName"])


def _reopen(call: Call) -> None:
    call.aws.update_function_url_config(
        FunctionName=call.inputs["functionName"], AuthType=call.inputs["authorizationType"]
    )


def _read_url(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_function_url_config(FunctionName=call.id))
    if answer is None:
        return None
    return {
        "authorizationType": answer["AuthType"],
        "functionArn": answer["FunctionArn"],
        "functionName": call.id,
        "functionUrl": answer["FunctionUrl"],
        "invokeMode": answer.get("InvokeMode", "BUFFERED"),
        "urlId": answer["FunctionUrl"].split("://", 1)[-1].split(".", 1)[0],
    }


def _close(call: Call) -> None:
    found(lambda: call.aws.delete_function_url_config(FunctionName=call.id))


ROWS = (
    Row(
        type="aws:lambda/function:Function",
        service="lambda",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=retagging("Resource", form=dict),
        name=Name(longest=64),
        fixed=words("name packageType architectures"),
        defaults={
            "memorySize": 128,
            "timeout": 3,
            "packageType": "Zip",
            "publish": False,
            "skipDestroy": False,
            "reservedConcurrentExecutions": _ANY,
        },
        computed=words("name architectures codeSha256 ephemeralStorage loggingConfig sourceCodeHash tracingConfig"),
        kept=words("code publish skipDestroy sourceCodeHash"),
        lacks=words(
            "capacityProviderConfig codeSigningConfigArn deadLetterConfig durableConfig ephemeralStorage "
            "fileSystemConfig imageConfig imageUri kmsKeyArn layers loggingConfig publishTo s3Bucket s3Key "
            "s3ObjectVersion snapStart sourceKmsKeyArn tenancyConfig tracingConfig vpcConfig"
        ),
    ),
    Row(
        type="aws:lambda/permission:Permission",
        service="lambda",
        create=_permit,
        read=_read_permission,
        delete=_forbid,
        locate=_locate_permission,
        name=Name(property="statementId", longest=100),
        fixed=words(
            "statementId statementIdPrefix function action principal sourceArn sourceAccount functionUrlAuthType "
            "invokedViaFunctionUrl"
        ),
        computed=words("statementId statementIdPrefix"),
        kept=words("statementIdPrefix"),
        lacks=words("eventSourceToken principalOrgId qualifier"),
    ),
    Row(
        type="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        service="lambda",
        create=_put_events,
        read=_read_events,
        update=_put_events,
        delete=_delete_events,
        fixed=words("functionName"),
        defaults={"maximumRetryAttempts": 2},
        lacks=words("qualifier"),
    ),
    Row(
        type="aws:lambda/functionUrl:FunctionUrl",
        service="lambda",
        create=_open,
        read=_read_url,
        update=_reopen,
        delete=_close,
        fixed=words("functionName"),
        defaults={"invokeMode": "BUFFERED"},
        lacks=words("cors qualifier"),
    ),
)

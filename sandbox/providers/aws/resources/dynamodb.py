"""DynamoDB tables."""

from sandbox.providers.aws.failures import found, wait
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import capitalised, pick, tag_list, tag_map
from sandbox.providers.aws.resources.tagging import retagging
from sandbox.providers.values import Properties


def _key(source: Properties) -> list[Properties]:
    keys = [(source.get("hashKey"), "HASH"), (source.get("rangeKey"), "RANGE")]
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys if name]


def _index(index: Properties, *, paid: bool) -> Properties:
    projection = {"ProjectionType": index["projectionType"]}
    included = {"NonKeyAttributes": index["nonKeyAttributes"]} if index.get("nonKeyAttributes") else {}
    made = {"IndexName": index["name"], "KeySchema": _key(index), "Projection": projection | included}
    return made | (_throughput(index) if paid else {})


def _throughput(source: Properties) -> Properties:
    units = {"ReadCapacityUnits": source.get("readCapacity", 1), "WriteCapacityUnits": source.get("writeCapacity", 1)}
    return {"ProvisionedThroughput": units}


def _stream(inputs: Properties) -> Properties:
    enabled = bool(inputs.get("streamEnabled"))
    return {"StreamEnabled": enabled} | ({"StreamViewType": inputs["streamViewType"]} if enabled else {})


def _create(call: Call) -> None:
    inputs, paid = call.inputs, call.inputs["billingMode"] == "PROVISIONED"
    arguments: Properties = {
        "TableName": inputs["name"],
        "KeySchema": _key(inputs),
        "AttributeDefinitions": [
            {"AttributeName": item["name"], "AttributeType": item["type"]} for item in inputs.get("attributes") or []
        ],
        "BillingMode": inputs["billingMode"],
        "GlobalSecondaryIndexes": [_index(item, paid=paid) for item in inputs.get("globalSecondaryIndexes") or []],
        "LocalSecondaryIndexes": [
            _index({"hashKey": inputs["hashKey"], **item}, paid=False)
            for item in inputs.get("localSecondaryIndexes") or []
        ],
        "Tags": tag_list(call.tags),
    }
    arguments |= _throughput(inputs) if paid else {}
    arguments |= {"StreamSpecification": _stream(inputs)} if inputs.get("streamEnabled") else {}
    arguments |= {"TableClass": inputs["tableClass"]} if inputs.get("tableClass") else {}
    arguments |= {"DeletionProtectionEnabled": True} if inputs.get("deletionProtectionEnabled") else {}
    arguments |= {"SSESpecification": _encryption(inputs)} if inputs.get("serverSideEncryption") else {}
    call.aws.create_table(**{key: value for key, value in arguments.items() if value != []})
    call.created(inputs["name"])
    _wait_active(call)
    _settings(call, frozenset(key for key in ("ttl", "pointInTimeRecovery") if inputs.get(key)))


def _encryption(inputs: Properties) -> Properties:
    wanted = inputs.get("serverSideEncryption") or {}
    key = {"KMSMasterKeyId": wanted["kmsKeyArn"], "SSEType": "KMS"} if wanted.get("kmsKeyArn") else {}
    return {"Enabled": bool(wanted.get("enabled"))} | key


def _settings(call: Call, names: frozenset[str]) -> None:
    """What has operations of its own."""
    ttl, recovery = call.inputs.get("ttl") or {}, call.inputs.get("pointInTimeRecovery") or {}
    if "ttl" in names:
        name = ttl.get("attributeName") or (call.state.get("ttl") or {}).get("attributeName", "")
        wanted = {"Enabled": bool(ttl.get("enabled", bool(ttl))), "AttributeName": name}
        call.aws.update_time_to_live(TableName=call.id, TimeToLiveSpecification=wanted)
    if "pointInTimeRecovery" in names:
        wanted = {"PointInTimeRecoveryEnabled": bool(recovery.get("enabled"))}
        call.aws.update_continuous_backups(TableName=call.id, PointInTimeRecoverySpecification=wanted)


def _table(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.describe_table(TableName=call.id))
    return answer["Table"] if answer else None


def _wait_active(call: Call) -> None:
    what = f"{call.type} {call.name}: active"
    wait(lambda: (_table(call) or {}).get("TableStatus") == "ACTIVE", what=what, seconds=call.seconds)


def _read(call: Call) -> Properties | None:
    table = _table(call)
    if table is None:
        return None
    keys = {item["KeyType"]: item["AttributeName"] for item in table["KeySchema"]}
    shown = {
        "arn": table["TableArn"],
        "name": table["TableName"],
        "hashKey": keys["HASH"],
        "rangeKey": keys.get("RANGE"),
        "billingMode": (table.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED"),
        "attributes": [
            {"name": item["AttributeName"], "type": item["AttributeType"]} for item in table["AttributeDefinitions"]
        ],
        "globalSecondaryIndexes": [_shown_index(item) for item in table.get("GlobalSecondaryIndexes") or []],
        "localSecondaryIndexes": [_shown_index(item) for item in table.get("LocalSecondaryIndexes") or []],
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "streamArn": table.get("LatestStreamArn"),
        "streamLabel": table.get("LatestStreamLabel"),
        "streamEnabled": (table.get("StreamSpecification") or {}).get("StreamEnabled", False),
        "streamViewType": (table.get("StreamSpecification") or {}).get("StreamViewType"),
        "tags": tag_map(call.aws.list_tags_of_resource(ResourceArn=table["TableArn"]).get("Tags")),
    }
    return shown | _shown_capacity(shown, table) | _shown_settings(call)


def _shown_capacity(shown: Properties, table: Properties) -> Properties:
    units = table.get("ProvisionedThroughput") or {}
    if shown["billingMode"] != "PROVISIONED":
        return {}
    return {"readCapacity": units.get("ReadCapacityUnits"), "writeCapacity": units.get("WriteCapacityUnits")}


def _shown_index(index: Properties) -> Properties:
    keys = {item["KeyType"]: item["AttributeName"] for item in index["KeySchema"]}
    projection = index["Projection"]
    return {
        "name": index["IndexName"],
        "hashKey": keys["HASH"],
        "rangeKey": keys.get("RANGE"),
        "projectionType": projection["ProjectionType"],
        "nonKeyAttributes": projection.get("NonKeyAttributes", []),
    }


def _shown_settings(call: Call) -> Properties:
    ttl = call.aws.describe_time_to_live(TableName=call.id).get("TimeToLiveDescription", {})
    backups = call.aws.describe_continuous_backups(TableName=call.id).get("ContinuousBackupsDescription", {})
    recovery = (backups.get("PointInTimeRecoveryDescription") or {}).get("PointInTimeRecoveryStatus")
    shown: Properties = {}
    if ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
        shown["ttl"] = {"enabled": True, "attributeName": ttl["AttributeName"]}
    if recovery == "ENABLED":
        shown["pointInTimeRecovery"] = {"enabled": True}
    return shown


def _update(call: Call) -> None:
    changes: Properties = {}
    if call.changed & {"billingMode", "readCapacity", "writeCapacity"}:
        changes["BillingMode"] = call.inputs["billingMode"]
        changes |= _throughput(call.inputs) if call.inputs["billingMode"] == "PROVISIONED" else {}
    if call.changed & {"streamEnabled", "streamViewType"}:
        changes["StreamSpecification"] = _stream(call.inputs)
    changes |= capitalised(pick(call.inputs, " ".join(call.changed & {"tableClass", "deletionProtectionEnabled"})))
    if "serverSideEncryption" in call.changed:
        changes["SSESpecification"] = _encryption(call.inputs)
    if changes:
        call.aws.update_table(TableName=call.id, **changes)
        _wait_active(call)
    _settings(call, call.changed)


def _delete(call: Call) -> None:
    found(lambda: call.aws.delete_table(TableName=call.id))
    wait(lambda: _table(call) is None, what=f"{call.type} {call.name}: deleted", seconds=call.seconds)


ROWS = (
    Row(
        type="aws:dynamodb/table:Table",
        service="dynamodb",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=retagging("ResourceArn"),
        name=Name(),
        # The official provider changes indexes in place; that takes an update for each, so here it is a new table.
        fixed=words("name hashKey rangeKey localSecondaryIndexes globalSecondaryIndexes attributes"),
        defaults={"billingMode": "PROVISIONED"},
        computed=words("name readCapacity writeCapacity streamViewType ttl pointInTimeRecovery serverSideEncryption"),
        kept=words("serverSideEncryption"),
        lacks=words(
            "globalTableWitness importTable onDemandThroughput replicas restoreBackupArn restoreDateTime "
            "restoreSourceName restoreSourceTableArn restoreToLatestTime warmThroughput"
        ),
    ),
)

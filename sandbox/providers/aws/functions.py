"""The provider's functions: `aws.get_region` and the like."""

from collections.abc import Callable
from typing import Any

from sandbox.providers.aws import schema
from sandbox.providers.aws.clients import Client, Clients
from sandbox.providers.aws.failures import PluginError
from sandbox.providers.aws.resources.shared import tag_map
from sandbox.providers.values import Properties

Function = Callable[[Properties, Clients, str], Properties]


def _availability_zones(arguments: Properties, clients: Clients, region: str) -> Properties:
    filters = [{"Name": f["name"], "Values": f["values"]} for f in arguments.get("filters") or []]
    if arguments.get("state"):
        filters.append({"Name": "state", "Values": [arguments["state"]]})
    wanted = {"AllAvailabilityZones": bool(arguments.get("allAvailabilityZones")), "Filters": filters}
    zones = clients.client("ec2", region).describe_availability_zones(**wanted)["AvailabilityZones"]
    names, ids = arguments.get("excludeNames") or [], arguments.get("excludeZoneIds") or []
    kept = sorted(
        (z for z in zones if z["ZoneName"] not in names and z.get("ZoneId") not in ids),
        key=lambda z: str(z["ZoneName"]),
    )
    return {
        **arguments,
        "id": region,
        "names": [zone["ZoneName"] for zone in kept],
        "zoneIds": [zone.get("ZoneId", "") for zone in kept],
        "groupNames": sorted({zone.get("GroupName", region) for zone in kept}),
        "region": region,
    }


def _caller_identity(arguments: Properties, clients: Clients, region: str) -> Properties:
    caller = clients.caller(region)
    return {"id": caller["Account"], "accountId": caller["Account"], "arn": caller["Arn"], "userId": caller["UserId"]}


def _region(arguments: Properties, clients: Clients, region: str) -> Properties:
    endpoint = arguments.get("endpoint") or f"ec2.{region}.amazonaws.com"
    description: Any = _REGION_NAMES.get(region, region)
    return {"id": region, "name": region, "region": region, "endpoint": endpoint, "description": description}


def _partition(arguments: Properties, clients: Clients, region: str) -> Properties:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _repository(arguments: Properties, clients: Clients, region: str) -> Properties:
    name = arguments.get("name")
    if not name:
        raise PluginError("aws:ecr/getRepository:getRepository: name: expected the name of a repository")
    registry = {"registryId": arguments["registryId"]} if arguments.get("registryId") else {}
    ecr = clients.client("ecr", region)
    found = ecr.describe_repositories(repositoryNames=[name], **registry)["repositories"][0]
    encryption = found.get("encryptionConfiguration")
    return {
        "id": name,
        "name": name,
        "arn": found["repositoryArn"],
        "registryId": found["registryId"],
        "repositoryUrl": found["repositoryUri"],
        "imageTagMutability": found.get("imageTagMutability", "MUTABLE"),
        "imageTagMutabilityExclusionFilters": [],
        "imageScanningConfigurations": [found.get("imageScanningConfiguration") or {"scanOnPush": False}],
        "encryptionConfigurations": [{"kmsKey": "", **encryption}] if encryption else [],
        "mostRecentImageTags": _most_recent_tags(ecr, {"repositoryName": name, **registry}),
        "tags": tag_map(ecr.list_tags_for_resource(resourceArn=found["repositoryArn"]).get("tags")),
        "region": region,
    }


def _identity_provider(arguments: Properties, clients: Clients, region: str) -> Properties:
    arn = arguments.get("arn")
    if not arn:
        raise PluginError("aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider: arn: expected the provider's ARN")
    found = clients.client("iam", region).get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return {
        "id": arn,
        "arn": arn,
        "url": found["Url"].removeprefix("https://"),
        "clientIdLists": found["ClientIDList"],
        "thumbprintLists": found["ThumbprintList"],
        "tags": tag_map(found.get("Tags")),
    }


def _most_recent_tags(ecr: Client, place: Properties) -> list[str]:
    images: list[Properties] = []
    more: Properties = {}
    while True:
        page = ecr.describe_images(**place, filter={"tagStatus": "TAGGED"}, **more)
        images += page["imageDetails"]
        if not page.get("nextToken"):
            break
        more = {"nextToken": page["nextToken"]}
    newest: Properties = max(images, key=lambda image: image["imagePushedAt"], default={})
    return list(newest.get("imageTags", []))


_REGION_NAMES = {
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-2": "US West (Oregon)",
}

FUNCTIONS: dict[str, Function] = {
    "aws:ecr/getRepository:getRepository": _repository,
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": _identity_provider,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}


def invoke(token: str, arguments: Properties, clients: Clients, region: str) -> Properties:
    """Runs a function. Raises PluginError for one that is not in the table, or an argument it does not have."""
    if token not in FUNCTIONS:
        raise PluginError(f"sandbox: function {token} is not in the stand-in provider's table")
    unknown = sorted(set(arguments) - set(schema.inputs(token)))
    if unknown:
        raise PluginError(f"{token}: there is no such argument: {', '.join(unknown)}")
    return FUNCTIONS[token](arguments, clients, region)

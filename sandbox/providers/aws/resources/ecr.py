"""ECR repositories and their policies."""

from collections.abc import Mapping

from sandbox.providers.aws.comparing import json_form
from sandbox.providers.aws.failures import found, one
from sandbox.providers.aws.resource import Call, Name, Row, words
from sandbox.providers.aws.resources.shared import tag_list, tag_map, without_empty
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    arguments: Properties = {
        "repositoryName": call.inputs["name"],
        "imageTagMutability": call.inputs["imageTagMutability"],
    }
    scanning = without_empty(call.inputs.get("imageScanningConfiguration") or {})
    arguments |= {"imageScanningConfiguration": scanning} if scanning else {}
    for item in call.inputs.get("encryptionConfigurations") or []:
        kind = item.get("encryptionType", "AES256")
        key = {"kmsKey": item["kmsKey"]} if item.get("kmsKey") else {}
        arguments["encryptionConfiguration"] = {"encryptionType": kind} | key
    if call.tags:
        arguments["tags"] = tag_list(call.tags)
    call.created(call.aws.create_repository(**arguments)["repository"]["repositoryName"])


def _read(call: Call) -> Properties | None:
    asked = found(lambda: call.aws.describe_repositories(repositoryNames=[call.id]))
    repository = one(asked, "repositories")
    if repository is None:
        return None
    tags = call.aws.list_tags_for_resource(resourceArn=repository["repositoryArn"]).get("tags")
    encryption = repository.get("encryptionConfiguration")
    return {
        "name": repository["repositoryName"],
        "arn": repository["repositoryArn"],
        "registryId": repository["registryId"],
        "repositoryUrl": repository["repositoryUri"],
        "imageTagMutability": repository.get("imageTagMutability", "MUTABLE"),
        "imageScanningConfiguration": _scanning(repository),
        "encryptionConfigurations": [encryption] if encryption else [],
        "tags": tag_map(tags),
    }


def _scanning(repository: Properties) -> Properties | None:
    """Not scanning on push is how AWS shows that nothing was asked for."""
    configuration: Properties = repository.get("imageScanningConfiguration") or {}
    return configuration if configuration.get("scanOnPush") else None


def _update(call: Call) -> None:
    if "imageTagMutability" in call.changed:
        value = call.inputs["imageTagMutability"]
        call.aws.put_image_tag_mutability(repositoryName=call.id, imageTagMutability=value)
    if "imageScanningConfiguration" in call.changed:
        wanted = bool((call.inputs.get("imageScanningConfiguration") or {}).get("scanOnPush"))
        call.aws.put_image_scanning_configuration(
            repositoryName=call.id, imageScanningConfiguration={"scanOnPush": wanted}
        )


def _delete(call: Call) -> None:
    force = bool(call.state.get("forceDelete"))
    found(lambda: call.aws.delete_repository(repositoryName=call.id, force=force))


def _retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    arn = call.state["arn"]
    if removed:
        call.aws.untag_resource(resourceArn=arn, tagKeys=removed)
    if tags:
        call.aws.tag_resource(resourceArn=arn, tags=tag_list(tags))


def _put_lifecycle(call: Call) -> None:
    name = call.inputs["repository"]
    call.aws.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=call.inputs["policy"])
    call.created(name)


def _read_lifecycle(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_lifecycle_policy(repositoryName=call.id))
    if not answer or not answer.get("lifecyclePolicyText"):
        return None
    registry = answer.get("registryId", call.account)
    return {"repository": call.id, "policy": answer["lifecyclePolicyText"], "registryId": registry}


def _delete_lifecycle(call: Call) -> None:
    found(lambda: call.aws.delete_lifecycle_policy(repositoryName=call.id))


def _put_policy(call: Call) -> None:
    name = call.inputs["repository"]
    call.aws.set_repository_policy(repositoryName=name, policyText=call.inputs["policy"])
    call.created(name)


def _read_policy(call: Call) -> Properties | None:
    answer = found(lambda: call.aws.get_repository_policy(repositoryName=call.id))
    if not answer or not answer.get("policyText"):
        return None
    return {"repository": call.id, "policy": answer["policyText"], "registryId": answer.get("registryId", call.account)}


def _delete_policy(call: Call) -> None:
    found(lambda: call.aws.delete_repository_policy(repositoryName=call.id))


ROWS = (
    Row(
        type="aws:ecr/repository:Repository",
        service="ecr",
        create=_create,
        read=_read,
        update=_update,
        delete=_delete,
        retag=_retag,
        name=Name(lower=True),
        fixed=words("name encryptionConfigurations"),
        defaults={"imageTagMutability": "MUTABLE"},
        computed=words("name encryptionConfigurations imageScanningConfiguration"),
        kept=words("forceDelete"),
        lacks=words("imageTagMutabilityExclusionFilters"),
    ),
    Row(
        type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        service="ecr",
        create=_put_lifecycle,
        read=_read_lifecycle,
        delete=_delete_lifecycle,
        fixed=words("repository policy"),
        forms={"policy": json_form},
        deletes_first=True,
    ),
    Row(
        type="aws:ecr/repositoryPolicy:RepositoryPolicy",
        service="ecr",
        create=_put_policy,
        read=_read_policy,
        update=_put_policy,
        delete=_delete_policy,
        fixed=words("repository"),
        forms={"policy": json_form},
        deletes_first=True,
    ),
)

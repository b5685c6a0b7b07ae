"""Finding what is there already of what keeps, permits, runs on events or tells: by name, and whose by its tags."""

import re
from collections.abc import Mapping
from functools import partial

from driver.adapters.aws.existing.ask import Ask, Finder, first, only, pairs
from driver.core.values.existing import Found


def _log_group(ask: Ask) -> Found | None:
    name = ask.text("name")
    rows = ask.pages("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    row = first(rows, lambda one: one["logGroupName"] == name)
    if row is None:
        return None
    arn = row["arn"].removesuffix(":*")
    return Found(id=name, label=name, tags=ask.aws("logs").list_tags_for_resource(resourceArn=arn).get("tags", {}))


def _secret(ask: Ask) -> Found | None:
    name = ask.text("name")
    row = only(lambda: ask.aws("secretsmanager").describe_secret(SecretId=name), "ResourceNotFoundException")
    if row is None:
        return None
    return Found(id=row["ARN"], label=name, tags=pairs(row.get("Tags")), asleep=row.get("DeletedDate") is not None)


def _table(ask: Ask) -> Found | None:
    name, client = ask.text("name"), ask.aws("dynamodb")
    row = only(lambda: client.describe_table(TableName=name)["Table"], "ResourceNotFoundException")
    if row is None or row["TableStatus"] == "DELETING":
        return None
    return Found(id=name, label=name, tags=pairs(client.list_tags_of_resource(ResourceArn=row["TableArn"])["Tags"]))


def _bucket(ask: Ask) -> Found | None:
    name, client = ask.text("bucket"), ask.aws("s3")
    # 403 is a bucket of another account: S3 says that the name is taken.
    if only(lambda: client.head_bucket(Bucket=name), "404", "403", "NoSuchBucket") is None:
        return None
    tags = only(lambda: client.get_bucket_tagging(Bucket=name)["TagSet"], "NoSuchTagSet")
    # Its tags come with a second call, before which a kill may fall; its name has our account and environment in it.
    return Found(id=name, label=name, tags=pairs(tags) if tags else None)


def _repository(ask: Ask) -> Found | None:
    """Image repositories outlive environments, so the one of that name is taken over by whoever owns them."""
    name = ask.text("name")
    asked = {"repositoryNames": [name]}
    answer = only(lambda: ask.aws("ecr").describe_repositories(**asked), "RepositoryNotFoundException")
    return None if answer is None else Found(id=name, label=name)


def _role(ask: Ask) -> Found | None:
    name = ask.text("name")
    row = only(lambda: ask.aws("iam").get_role(RoleName=name)["Role"], "NoSuchEntity")
    return None if row is None else Found(id=name, label=name, tags=pairs(row.get("Tags")))


def _role_policy(ask: Ask) -> Found | None:
    """A policy within a role of ours. Where the program gives no name, the engine makes one of the Pulumi name."""
    role, name = ask.text("role"), ask.text("name")
    fits = re.compile(re.escape(name) if name else rf"{re.escape(ask.wanted.name)}-[0-9a-f]{{7}}")
    rows = only(lambda: list(ask.pages("iam", "list_role_policies", "PolicyNames", RoleName=role)), "NoSuchEntity")
    there = first(rows or (), lambda one: fits.fullmatch(one) is not None)
    return None if there is None else Found(id=f"{role}:{there}", label=there)


def _policy(ask: Ask) -> Found | None:
    name = ask.text("name")
    rows = ask.pages("iam", "list_policies", "Policies", Scope="Local")
    row = first(rows, lambda one: one["PolicyName"] == name)
    if row is None:
        return None
    tags = ask.aws("iam").list_policy_tags(PolicyArn=row["Arn"])["Tags"]
    return Found(id=row["Arn"], label=name, tags=pairs(tags))


def _function(ask: Ask) -> Found | None:
    name = ask.text("name")
    row = only(lambda: ask.aws("lambda").get_function(FunctionName=name), "ResourceNotFoundException")
    return None if row is None else Found(id=name, label=name, tags=row.get("Tags", {}))


def _permission(ask: Ask) -> Found | None:
    """A statement in the policy of a function of ours."""
    import json

    function, statement = ask.text("function").rsplit(":", 1)[-1], ask.text("statementId")
    answer = only(lambda: ask.aws("lambda").get_policy(FunctionName=function), "ResourceNotFoundException")
    rows = json.loads(answer["Policy"])["Statement"] if answer else ()
    there = first(rows, lambda one: one.get("Sid") == statement)
    return None if there is None else Found(id=f"{function}/{statement}", label=statement)


def _schedule(ask: Ask) -> Found | None:
    """Schedules have no tags: one that starts something in our cluster is ours."""
    group, name = ask.text("groupName") or "default", ask.text("name")
    asked = {"GroupName": group, "Name": name}
    row = only(lambda: ask.aws("scheduler").get_schedule(**asked), "ResourceNotFoundException")
    if row is None:
        return None
    target = ask.wanted.inputs.get("target")
    ours = isinstance(target, Mapping) and row["Target"]["Arn"] == target.get("arn")
    return Found(id=f"{group}/{name}", label=name, tags=None if ours else {})


def _topic(ask: Ask) -> Found | None:
    name = ask.text("name")
    row = first(ask.pages("sns", "list_topics", "Topics"), lambda one: one["TopicArn"].rsplit(":", 1)[-1] == name)
    if row is None:
        return None
    tags = ask.aws("sns").list_tags_for_resource(ResourceArn=row["TopicArn"])["Tags"]
    return Found(id=row["TopicArn"], label=name, tags=pairs(tags))


def _queue(ask: Ask) -> Found | None:
    name, client = ask.text("name"), ask.aws("sqs")
    missing = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
    answer = only(lambda: client.get_queue_url(QueueName=name), *missing)
    if answer is None:
        return None
    url = answer["QueueUrl"]
    return Found(id=url, label=name, tags=client.list_queue_tags(QueueUrl=url).get("Tags", {}))


def _alias(ask: Ask) -> Found | None:
    name = ask.text("name")
    row = first(ask.pages("kms", "list_aliases", "Aliases"), lambda one: one["AliasName"] == name)
    return None if row is None else Found(id=name, label=name)


def _key(ask: Ask) -> Found | None:
    """A key has no name of its own: it is one that is in use, has our tags, and says that it is for the same."""
    client, text = ask.aws("kms"), ask.text("description")
    for row in ask.pages("kms", "list_keys", "Keys"):
        answer = only(partial(client.describe_key, KeyId=row["KeyId"]), "NotFoundException") or {}
        described = answer.get("KeyMetadata", {})
        if described.get("Description") != text or described.get("KeyState") != "Enabled":
            continue
        rows = client.list_resource_tags(KeyId=row["KeyId"])["Tags"]
        tags = {one["TagKey"]: one["TagValue"] for one in rows}
        if ask.wanted.tags and ask.wanted.tags.items() <= tags.items():
            return Found(id=row["KeyId"], label=text, tags=tags)
    return None


FINDERS: dict[str, Finder] = {
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:dynamodb/table:Table": _table,
    "aws:s3/bucket:Bucket": _bucket,
    "aws:ecr/repository:Repository": _repository,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:iam/policy:Policy": _policy,
    "aws:lambda/function:Function": _function,
    "aws:lambda/permission:Permission": _permission,
    "aws:scheduler/schedule:Schedule": _schedule,
    "aws:sns/topic:Topic": _topic,
    "aws:sqs/queue:Queue": _queue,
    "aws:kms/alias:Alias": _alias,
    "aws:kms/key:Key": _key,
}

"""Finding what is there already of clusters, services and load balancing."""

from typing import Any

from driver.adapters.aws.existing.ask import Ask, Finder, Row, first, only, pairs
from driver.core.values.existing import Found


def _cluster(ask: Ask) -> Found | None:
    name = ask.text("name")
    rows = ask.aws("ecs").describe_clusters(clusters=[name], include=["TAGS"])["clusters"]
    row = first(rows, lambda one: one["status"] == "ACTIVE")
    return None if row is None else Found(id=name, label=name, tags=pairs(row.get("tags")))


def _service(ask: Ask) -> Found | None:
    cluster, name = ask.text("cluster").rsplit("/", 1)[-1], ask.text("name")
    asked = {"cluster": cluster, "services": [name], "include": ["TAGS"]}
    answer = only(lambda: ask.aws("ecs").describe_services(**asked), "ClusterNotFoundException")
    row = first((answer or {}).get("services", ()), lambda one: one["status"] == "ACTIVE")
    return None if row is None else Found(id=f"{cluster}/{name}", label=name, tags=pairs(row.get("tags")))


def _named(operation: str, key: str, identity: str, missing: str) -> Finder:
    def find(ask: Ask) -> Found | None:
        name = ask.text("name")
        answer = only(lambda: getattr(ask.aws("elbv2"), operation)(Names=[name]), missing)
        row = first((answer or {}).get(key, ()))
        return None if row is None else _of_elb(ask, row[identity], name)

    return find


def _of_elb(ask: Ask, arn: str, label: str) -> Found:
    rows = ask.aws("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return Found(id=arn, label=label, tags=pairs((first(rows) or {}).get("Tags")))


def _listener(ask: Ask) -> Found | None:
    """On the load balancer's port, of which there is one; the load balancer is ours."""
    place = {"LoadBalancerArn": ask.text("loadBalancerArn")}
    rows = ask.pages("elbv2", "describe_listeners", "Listeners", **place)
    row = first(rows, lambda one: one.get("Port") == _number(ask, "port"))
    return None if row is None else Found(id=row["ListenerArn"], label=f"port {row['Port']}")


def _rule(ask: Ask) -> Found | None:
    """With the priority, which is one rule's alone; a rule on our own listener that somebody else made has its tags."""
    answer = only(
        lambda: list(ask.pages("elbv2", "describe_rules", "Rules", ListenerArn=ask.text("listenerArn"))),
        "ListenerNotFound",
    )
    row = first(answer or (), lambda one: one["Priority"] == str(_number(ask, "priority")))
    return None if row is None else _of_elb(ask, row["RuleArn"], f"of priority {row['Priority']}")


def _number(ask: Ask, key: str) -> int | None:
    value: Any = ask.wanted.inputs.get(key)
    return None if value is None else int(value)


def _certificate(ask: Ask) -> Found | None:
    domain = ask.text("domainName")
    rows = ask.pages("acm", "list_certificates", "CertificateSummaryList")
    for row in rows:
        if row["DomainName"] != domain or row.get("Status") in {"FAILED", "EXPIRED", "REVOKED", "VALIDATION_TIMED_OUT"}:
            continue
        arn = row["CertificateArn"]
        tags = pairs(ask.aws("acm").list_tags_for_certificate(CertificateArn=arn)["Tags"])
        # A domain may have any number of certificates, so somebody else's doesn't stand in the way.
        if ask.wanted.tags and ask.wanted.tags.items() <= tags.items() and _free(ask, row):
            return Found(id=arn, label=domain, tags=tags)
    return None


def _free(ask: Ask, row: Row) -> bool:
    names = set(row.get("SubjectAlternativeNameSummaries") or ()) - {row["DomainName"]}
    given = ask.wanted.inputs.get("subjectAlternativeNames") or ()
    return not names or names == set(given) - {row["DomainName"]}


def _record(ask: Ask) -> Found | None:
    """One that says just what ours would say; another one is somebody's, and Route 53 refuses ours beside it."""
    zone, name, kind = ask.text("zoneId"), _dotted(ask.text("name")), ask.text("type")
    mark = ask.text("setIdentifier")
    if ask.wanted.inputs.get("allowOverwrite"):
        return None
    start = {"StartRecordName": name, "StartRecordType": kind}
    rows = ask.aws("route53").list_resource_record_sets(HostedZoneId=zone, **start)["ResourceRecordSets"]
    mine = [row for row in rows if _dotted(row["Name"]) == name and row["Type"] == kind]
    row = first(mine, lambda one: one.get("SetIdentifier", "") == mark)
    if row is None or not _same_target(ask, row):
        return None
    parts = [zone, name.rstrip("."), kind, *([mark] if mark else [])]
    return Found(id="_".join(parts), label=name)


def _same_target(ask: Ask, row: Row) -> bool:
    alias = first(ask.wanted.inputs.get("aliases") or ())
    if alias is not None:
        return _dotted(row.get("AliasTarget", {}).get("DNSName", "")).removeprefix("dualstack.") == _dotted(
            alias["name"]
        ).removeprefix("dualstack.")
    values = {_dotted(one["Value"]) for one in row.get("ResourceRecords", ())}
    return values == {_dotted(one) for one in ask.wanted.inputs.get("records") or ()}


def _dotted(name: str) -> str:
    """As Route 53 writes a name, but with a star as people write it."""
    return f"{name.rstrip('.').lower()}.".replace("\\052", "*")


def _health_check(ask: Ask) -> Found | None:
    """Its name is a token of its maker, so its tags tell it. They come with a second call, before which a kill may
    fall: one without any is ours if it looks at the same.
    """
    client, wanted = ask.aws("route53"), ask.wanted.tags
    for row in ask.pages("route53", "list_health_checks", "HealthChecks") if wanted else ():
        asked = {"ResourceType": "healthcheck", "ResourceId": row["Id"]}
        tags = pairs(client.list_tags_for_resource(**asked)["ResourceTagSet"].get("Tags"))
        if wanted.items() <= tags.items() or (not tags and _looks_at(ask, row["HealthCheckConfig"])):
            return Found(id=row["Id"], label=row["Id"], tags=tags or None)
    return None


def _looks_at(ask: Ask, config: Row) -> bool:
    """Whether a health check is of our alarm, or of just our other checks."""
    alarm, children = ask.text("cloudwatchAlarmName"), ask.wanted.inputs.get("childHealthchecks")
    if alarm:
        return bool(config.get("AlarmIdentifier", {}).get("Name") == alarm)
    return bool(children) and set(config.get("ChildHealthChecks", ())) == set(children or ())


def _namespace(ask: Ask) -> Found | None:
    name, vpc = ask.text("name"), ask.text("vpc")
    client = ask.aws("servicediscovery")
    rows = ask.pages("servicediscovery", "list_namespaces", "Namespaces")
    row = first(rows, lambda one: one["Name"] == name and one["Type"] == "DNS_PRIVATE")
    if row is None:
        return None
    tags = pairs(client.list_tags_for_resource(ResourceARN=row["Arn"])["Tags"])
    return Found(id=f"{row['Id']}:{vpc}", label=name, tags=tags)


def _discovered(ask: Ask) -> Found | None:
    dns = ask.wanted.inputs.get("dnsConfig") or {}
    name, place = ask.text("name"), dns.get("namespaceId", "")
    filters = [{"Name": "NAMESPACE_ID", "Values": [place], "Condition": "EQ"}]
    row = first(
        ask.pages("servicediscovery", "list_services", "Services", Filters=filters), lambda one: one["Name"] == name
    )
    return None if row is None else Found(id=row["Id"], label=name)


FINDERS: dict[str, Finder] = {
    "aws:ecs/cluster:Cluster": _cluster,
    "aws:ecs/service:Service": _service,
    "aws:lb/loadBalancer:LoadBalancer": _named(
        "describe_load_balancers", "LoadBalancers", "LoadBalancerArn", "LoadBalancerNotFound"
    ),
    "aws:lb/targetGroup:TargetGroup": _named(
        "describe_target_groups", "TargetGroups", "TargetGroupArn", "TargetGroupNotFound"
    ),
    "aws:lb/listener:Listener": _listener,
    "aws:lb/listenerRule:ListenerRule": _rule,
    "aws:acm/certificate:Certificate": _certificate,
    "aws:route53/record:Record": _record,
    "aws:route53/healthCheck:HealthCheck": _health_check,
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": _namespace,
    "aws:servicediscovery/service:Service": _discovered,
}

"""Certificates of AWS Certificate Manager, and the wait until one is issued."""

from collections.abc import Mapping

from sandbox.providers.aws.failures import PluginError, found, until_free, wait
from sandbox.providers.aws.resource import Call, Row, words
from sandbox.providers.aws.resources.shared import tag_list, tag_map, to_aws
from sandbox.providers.values import Properties


def _create(call: Call) -> None:
    if not call.inputs.get("domainName"):
        raise PluginError(f"{call.type} {call.name}: the sandbox imports no certificate; give a domainName")
    asked = to_aws(call.inputs, "domainName subjectAlternativeNames validationMethod keyAlgorithm")
    tags = {"Tags": tag_list(call.tags)} if call.tags else {}
    call.created(call.aws.request_certificate(**asked, **tags)["CertificateArn"])


def _look(call: Call, arn: str) -> Properties | None:
    answer = found(lambda: call.aws.describe_certificate(CertificateArn=arn))
    return None if answer is None else answer["Certificate"]


def _read(call: Call) -> Properties | None:
    certificate = _look(call, call.id)
    if certificate is None:
        return None
    return {
        "arn": call.id,
        "domainName": certificate["DomainName"],
        "subjectAlternativeNames": certificate.get("SubjectAlternativeNames", []),
        "status": certificate["Status"],
        "type": certificate.get("Type", "AMAZON_ISSUED"),
        "validationMethod": call.setting("validationMethod") or _method(certificate),
        "domainValidationOptions": [_option(row) for row in certificate.get("DomainValidationOptions", [])],
        "tags": tag_map(call.aws.list_tags_for_certificate(CertificateArn=call.id).get("Tags")),
    }


def _method(certificate: Properties) -> str:
    """How ACM makes sure of the domain, which it says of each name."""
    options = certificate.get("DomainValidationOptions") or [{}]
    return str(options[0].get("ValidationMethod", "DNS"))


def _option(row: Properties) -> Properties:
    record = row.get("ResourceRecord") or {}
    return {
        "domainName": row["DomainName"],
        "resourceRecordName": record.get("Name"),
        "resourceRecordType": record.get("Type"),
        "resourceRecordValue": record.get("Value"),
    }


def _delete(call: Call) -> None:
    until_free(lambda: call.aws.delete_certificate(CertificateArn=call.id))


def _retag(call: Call, tags: Mapping[str, str], removed: list[str]) -> None:
    if removed:
        gone = [{"Key": key} for key in removed]
        call.aws.remove_tags_from_certificate(CertificateArn=call.id, Tags=gone)
    if tags:
        call.aws.add_tags_to_certificate(CertificateArn=call.id, Tags=tag_list(tags))


def _validate(call: Call) -> None:
    """Nothing is made: the official provider too only waits, and its id is the time at which it was issued."""
    arn = call.inputs["certificateArn"]
    what = f"{call.type} {call.name}: issued"
    wait(lambda: (_look(call, arn) or {}).get("Status") == "ISSUED", what=what, seconds=call.seconds)
    call.created(str((_look(call, arn) or {})["IssuedAt"]))


def _read_validation(call: Call) -> Properties | None:
    certificate = _look(call, call.setting("certificateArn"))
    if certificate is None or certificate["Status"] != "ISSUED":
        return None
    return {key: call.setting(key) for key in ("certificateArn", "validationRecordFqdns") if call.setting(key)}


ROWS = (
    Row(
        type="aws:acm/certificate:Certificate",
        service="acm",
        create=_create,
        read=_read,
        delete=_delete,
        retag=_retag,
        fixed=words("domainName subjectAlternativeNames validationMethod keyAlgorithm"),
        computed=words("subjectAlternativeNames keyAlgorithm validationMethod options"),
        kept=words("validationMethod"),
        lacks=words(
            "certificateAuthorityArn certificateBody certificateChain earlyRenewalDuration options privateKey "
            "privateKeyWo privateKeyWoVersion validationOptions"
        ),
    ),
    Row(
        type="aws:acm/certificateValidation:CertificateValidation",
        service="acm",
        create=_validate,
        read=_read_validation,
        fixed=words("certificateArn validationRecordFqdns"),
    ),
)

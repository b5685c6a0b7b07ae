"""What the functions of the log archive may do, and who may reach its bucket and how."""

from model.iam.roles_and_logs import Json

RAW = "raw/*"
MERGED = "logs/*"
ASIDE = "aside/*"
MANIFESTS = "manifests/*"
"""Lists of what is in each merged object; its lines tell the same where a list is gone."""


def _document(*statements: Json) -> Json:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: list[str], resources: list[str]) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def function_trust() -> Json:
    """Lambda takes the role. https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"""
    trusted = {"Service": "lambda.amazonaws.com"}
    return _document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": trusted})


def function_logs(group: str) -> Json:
    """Leave to write into its own log group, by ARN, which is there already."""
    return _allow(["logs:CreateLogStream", "logs:PutLogEvents"], [f"{group}:*"])


def shipper(*, group: str, bucket: str, queue: str) -> Json:
    """It adds raw objects, and sets aside what it can't read; it reads none. All by ARN.

    Lambda gives what failed to the queue with the same role.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    return _document(
        function_logs(group),
        _allow(["s3:PutObject"], [f"{bucket}/{RAW}", f"{bucket}/{ASIDE}"]),
        _allow(["sqs:SendMessage"], [queue]),
    )


def compactor(*, group: str, bucket: str) -> Json:
    """It takes raw objects away, adds to the merged ones and their lists, and sets aside what it can't read.

    A write with a condition needs no leave of its own; to give up one that has parts does.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
    Without permission to list the bucket a missing object is a refusal, not an absence. A request for one object names
    no prefix, so a condition on the prefix would take that permission away; the bucket holds nothing else.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return _document(
        function_logs(group),
        {**_allow(["s3:ListBucket"], [bucket]), "Sid": "List"},
        _allow(["s3:GetObject", "s3:DeleteObject"], [f"{bucket}/{RAW}"]),
        _allow(
            ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
            [f"{bucket}/{MERGED}", f"{bucket}/{MANIFESTS}"],
        ),
        _allow(["s3:PutObject"], [f"{bucket}/{ASIDE}"]),
    )


def tls_only(bucket: str) -> Json:
    """A bucket that nobody reaches in the clear.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    return _document(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket, f"{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )

"""Policies of buckets, as values."""

Json = dict[str, object]


def _tls_only(bucket: str) -> Json:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def access_logs(bucket: str, account: str) -> Json:
    """Load balancers of this account write their logs; nobody comes without TLS.

    The account's number in the path is what keeps others out. AWS documents no condition, and some regions' delivery
    sends none of the keys that one could ask for.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    delivery: Json = {
        "Sid": "LoadBalancers",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/AWSLogs/{account}/*",
    }
    return {"Version": "2012-10-17", "Statement": [delivery, _tls_only(bucket)]}

"""The policies of the topic that alarms are sent to, and of its key."""

from model.iam.roles_and_logs import Json

RELAY, RELAY_TIMEOUT = "alarm-relay", 60
"""The function that tells chats and pagers: what it is for, and its seconds."""

ALARMS = "cloudwatch.amazonaws.com"
_OWNER = (
    "CancelKeyDeletion CreateAlias CreateGrant Decrypt DeleteAlias DescribeKey DisableKey DisableKeyRotation EnableKey "
    "EnableKeyRotation Encrypt GenerateDataKey GetKeyPolicy GetKeyRotationStatus ListGrants ListKeyPolicies "
    "ListResourceTags PutKeyPolicy ReEncryptFrom ReEncryptTo RetireGrant RevokeGrant ScheduleKeyDeletion TagResource "
    "UntagResource UpdateAlias UpdateKeyDescription"
)


def topic_name(env: str) -> str:
    """The topic, and behind `alias/` its key."""
    return f"slipway-{env}-alarms"


def relay(*, group: str, secret: str) -> Json:
    """What the function may do, by ARN: read the addresses, and write into its own log group."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": [f"{group}:*"]},
            {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [secret]},
        ],
    }


def key(account: str) -> Json:
    """The key's policy: the account decides by IAM, and CloudWatch may use it.

    Without the second statement alarms never arrive, as with the key that SNS has of its own.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": [f"kms:{action}" for action in _OWNER.split()],
                "Resource": "*",
            },
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": ALARMS},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceAccount": account}},
            },
        ],
    }


def topic(arn: str, account: str) -> Json:
    """The topic's policy: alarms of this account and region publish, and nobody publishes in the clear."""
    region = arn.split(":")[3]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": ALARMS},
                "Action": "sns:Publish",
                "Resource": arn,
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{region}:{account}:alarm:*"},
                },
            },
            {
                "Sid": "Encrypted",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "sns:Publish",
                "Resource": arn,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }

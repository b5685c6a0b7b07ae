"""Every AWS name that Slipway derives."""

import hashlib
import re
from dataclasses import dataclass

BOOTSTRAP_REPOSITORY = "slipway/bootstrap"
KEEP = "keep."
"""What the tags begin with that keep images: CI's own tags never do."""

SHARED = "-shared"
"""What the names of target groups on a shared load balancer end with. All others end in a digit or a hash."""


def shorten(name: str, limit: int) -> str:
    """`name` cut to `limit` characters, a hash of the whole kept at its end so that long names stay apart."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: limit - 7].rstrip('-')}-{digest}"


def plain(name: str, limit: int) -> str:
    """`name` in lower case, digits and hyphens, none of them at its end, as load balancers and DNS have names.

    What had to be changed for it has a hash of the whole at its end, so that `web_2`, `web-2` and `Web-2` stay apart.
    """
    if _PLAIN.fullmatch(name):
        return shorten(name, limit)
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{folded(name)[: limit - 7].rstrip('-')}-{digest}"


def folded(name: str) -> str:
    """`name` in lower case, with one hyphen for whatever is neither letter nor digit, and none at its ends."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


_PLAIN = re.compile(r"[a-z0-9-]*[a-z0-9]")

ALARM_ADDRESSES = "_alarms"
"""What stands for an app where the addresses of alarms are kept; no app can be called so."""


TAKEN = {
    "default": "ECS has a cluster of that name of its own",
    "internal": "load balancers take no name that begins with internal-",
    "slipway": "the names of what all environments share begin so",
}
"""Names that no environment can have, and why."""


def alarm_secret(env: str) -> str:
    """The secret with the addresses of chats and pagers that hear of alarms."""
    return f"{env}/{ALARM_ADDRESSES}"


def dashboard(env: str, region: str, *app: str) -> str:
    """A dashboard in CloudWatch, of an app or of all: they are the account's, not a region's.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html
    """
    return "-".join([env, region, *app])


def ledger_table(env: str) -> str:
    """The DynamoDB table with the releases of an environment."""
    return f"slipway-{env}"


def shared_balancer(env: str, *, public: bool) -> str:
    """The load balancer of all public, or all internal, web processes of an environment."""
    return f"{env}-{'public' if public else 'internal'}"


SECRETS_KEY = "alias/slipway-secrets"
"""The KMS key with which the engine encrypts secrets in its state."""


def state_bucket(account: str, region: str) -> str:
    """The bucket with the engine's state: bucket names are global over the world, so it carries the account."""
    return f"slipway-state-{account}-{region}"


def reports_table(env: str) -> str:
    """The DynamoDB table with what apps have reported of their queues."""
    return f"slipway-{env}-queues"


def deploy_role_name(env: str, region: str) -> str:
    """The IAM role that CI takes; role names are global over regions."""
    return f"slipway-{env}-{region}-deploy"


def access_logs(env: str, region: str, account: str) -> str:
    """The bucket with what load balancers served: its name is taken for all of AWS, so it carries the account."""
    return f"slipway-{env}-{region}-{account}-access-logs"


def log_group(env: str, service: str) -> str:
    """The CloudWatch log group of an ECS service."""
    return f"/ecs/{env}-{service}"


def ecs_events_group(env: str) -> str:
    """The CloudWatch log group with what ECS told of an environment."""
    return f"/slipway/{env}/ecs-events"


def flow_logs_group(env: str) -> str:
    """The CloudWatch log group with the flow logs of an environment."""
    return f"/slipway/{env}/flow-logs"


def flow_logs_role(env: str, region: str) -> str:
    """The IAM role that writes them. No app's role begins so, since no environment is called slipway."""
    return f"slipway-{env}-{region}-flow-logs"


def sessions_group(env: str) -> str:
    """The CloudWatch log group with what was typed and answered in shells of running tasks."""
    return f"/slipway/{env}/exec"


def function(env: str, purpose: str) -> str:
    """A Lambda function."""
    return f"slipway-{env}-{purpose}"


def function_group(env: str, purpose: str) -> str:
    """The CloudWatch log group of a Lambda function, which Lambda itself names."""
    return f"/aws/lambda/{function(env, purpose)}"


def function_role(env: str, region: str, purpose: str) -> str:
    """The IAM role of a Lambda function; roles are global over regions."""
    return f"slipway-{env}-{region}-{purpose}"


def archive_bucket(env: str, region: str, account: str) -> str:
    """The bucket of the log archive: at most 63 characters, and the only one of its name in the world.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    """
    return f"slipway-{env}-logs-{account}-{region}"


@dataclass(frozen=True)
class ProcessNames:
    """The names of one process of one app in one environment."""

    env: str
    app: str
    process: str

    @property
    def logical(self) -> str:
        """The Pulumi name."""
        return f"{self.app}.{self.process}"

    @property
    def tags(self) -> dict[str, str]:
        """What everything of the process is tagged with."""
        return {"Environment": self.env, "App": self.app, "Process": self.process}

    @property
    def service(self) -> str:
        """The ECS service, in the cluster of the environment."""
        return f"{self.app}-{self.process}"

    @property
    def family(self) -> str:
        """The task definition family; global in an account and region, so it carries the environment."""
        return f"{self.env}-{self.app}-{self.process}"

    @property
    def log_group(self) -> str:
        """The CloudWatch log group."""
        return log_group(self.env, self.service)

    @property
    def balancer(self) -> str:
        """The load balancer: at most 32 characters.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
        """
        return plain(self.family, 32)

    def target_group(self, port: int) -> str:
        """The target group: at most 32 characters. The port is part of it, since another port is another target group
        and the old one can't go before the listener has moved.

        https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
        """
        return plain(f"{self.family}-{port}", 32)

    def shared_target_group(self, port: int) -> str:
        """The target group on the shared load balancer: none belongs to two load balancers at once."""
        return f"{plain(f'{self.family}-{port}', 32 - len(SHARED))}{SHARED}"

    @property
    def schedule(self) -> str:
        """The schedule that starts it: at most 64 characters.

        https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
        """
        return shorten(self.family, 64)

    @property
    def host_label(self) -> str:
        """Its label in DNS where it has not the app's own: the service's name, which people type, folded."""
        return folded(self.service)


@dataclass(frozen=True)
class AppNames:
    """The names of one app in one environment."""

    env: str
    app: str

    def process(self, name: str) -> ProcessNames:
        """The names of one of its processes."""
        return ProcessNames(self.env, self.app, name)

    @property
    def secret(self) -> str:
        """The Secrets Manager secret."""
        return f"{self.env}/{self.app}"

    @property
    def token_secret(self) -> str:
        """The secret with the token that whoever counts the app's jobs shows, or is shown."""
        return f"{self.secret}/hirefire"

    @property
    def repository(self) -> str:
        """The ECR repository, shared by all environments."""
        return self.app

    @property
    def dead_letters(self) -> str:
        """The SQS queue with the starts of scheduled processes that failed."""
        return f"{self.env}-{self.app}-schedules"

    def keep_tag(self, number: int) -> str:
        """The tag that keeps the image of a release from being expired."""
        return f"{self.keep_prefix}{number}"

    @property
    def keep_prefix(self) -> str:
        """What the keep tags of this app in this environment begin with."""
        return f"{KEEP}{self.env}.{self.app}.v"

    def role(self, region: str, purpose: str) -> str:
        """An IAM role: global over regions, at most 64 characters.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        """
        return shorten(f"{self.env}-{region}-{self.app}-{purpose}", 64)

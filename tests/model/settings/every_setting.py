"""Settings in which every field of every model is written somewhere, and the way to all of them."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from model.settings.described import models_in

ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"

SCALING = {
    "min": 1, "max": 4, "cpu": 60, "memory": 70, "requests": 100, "out_cooldown": 60, "in_cooldown": 300,
    "schedules": {
        "day": {"cron": "0 8 ? * MON-FRI *", "timezone": "Europe/Berlin", "min": 2, "max": 6},
        "party": {"at": "at(2030-12-24T18:00:00)", "min": 2, "max": 6},
    },
}  # fmt: skip
CHECK = {"command": ["CMD", "true"], "interval": 10, "timeout": 5, "retries": 3, "start_period": 60}
PROXY = {
    "image": "envoyproxy/envoy:v1.30.1", "cpu": 64, "memory": 64, "essential": True, "port": 9901,
    "command": ["-c", "x"], "environment": {"LEVEL": "info"}, "config": ["DATABASE_URL"], "check": {**CHECK},
    "depends_on": {"app": "start"},
}  # fmt: skip
ASKED: dict[str, Any] = {"source": "hirefire", "measure": "latency", "every": 20, "web": "web", "name": "mail"}
REPORTED: dict[str, Any] = {"source": "judoscale", "queues": ["default", "high"]}
AT_SQS: dict[str, Any] = {"source": "sqs", "arn": "arn:aws:sqs:eu-west-1:000000000000:jobs"}
WEB = {
    "cpu": 512, "memory": 1024, "port": 8000, "public": True, "hosts": ["www.example.com"], "place": 7,
    "scaling": SCALING, "command": ["serve", "now"], "stop_timeout": 30, "capacity": {"fargate": 1, "spot": 1},
    "kind": "service", "architecture": "arm64", "platform_version": "1.4.0", "check": {**CHECK}, "exec": True,
    "log_buffer": 4, "sidecars": {"proxy": PROXY}, "depends_on": {"logs": "start"},
    "rollout": {"min_healthy": 100, "max": 200, "rebalance": True, "alarms": ["shop-errors"]},
    "health": {
        "path": "/health/", "codes": "200-399", "interval": 10, "timeout": 5, "healthy": 2, "unhealthy": 3,
        "grace": 60, "drain": 30, "longest_request": 30, "start_time": 30,
    },
}  # fmt: skip
WEB["sidecars"] = {"proxy": PROXY, "logs": {"image": "fluent/fluent-bit:3.0", "essential": False}}
GRANT = {"arn": f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs", "access": ["send"]}
ALL: dict[str, Any] = {
    "apps": {
        "shop": {
            "requires": ["DATABASE_URL"],
            "heroku_variables": True,
            "grants": {
                "s3": [{"arn": "arn:aws:s3:::files", "access": ["read"], "prefix": "up/", "listing": True}],
                "sqs": [GRANT],
                "sns": [{"arn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:news", "access": ["publish"]}],
                "dynamodb": [{"arn": f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/carts", "access": ["read"]}],
                "kms": [{"arn": KEY, "access": ["decrypt"]}],
                "ses": [{"arn": f"arn:aws:ses:eu-west-1:{ACCOUNT}:identity/example.com", "access": ["send"]}],
                "secretsmanager": [
                    {"arn": f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:api-AbCdEf", "access": ["read"]}
                ],
            },
            "processes": {
                "web": WEB,
                "worker": {"count": 2, "readonly": True, "writable": ["/tmp"]},
                "mailer": {"scaling": {"min": 0, "max": 4, "backlog": 10, "quiet": 15, "queue": ASKED}},
                "packer": {"scaling": {"min": 1, "max": 4, "backlog": 10, "queue": REPORTED}},
                "sorter": {"scaling": {"min": 1, "max": 4, "backlog": 10, "queue": AT_SQS}},
                "cleanup": {
                    "schedule": {"at": "rate(1 hour)", "timezone": "UTC", "enabled": True, "retries": 1},
                },
                "backdoor": {"kind": "backdoor", "command": ["sleep", "infinity"]},
                "release": {},
            },
        }
    },
    "network": {
        "cidr": "10.0.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"], "public_mask": 24, "private_mask": 20,
        "nat": "single", "tiers": [{"cidr": "100.64.0.0/16", "mask": 20}], "endpoints": ["logs"],
        "flow_logs": {"traffic": "reject", "days": 7},
    },
    "ingress": "dedicated",
    "domain": {
        "name": "example.com",
        "zone": {"name": "example.com", "id": "Z0123456789"},
        "certificate": f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1",
    },
    "vpn": {"ranges": ["10.200.0.0/16"], "ports": [22]},
    "discovery": {"namespace": "internal.example.com"},
    "balancers": {
        "idle_timeout": 60, "tls_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06", "log_days": 30,
        "web_acl": f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/a/1",
    },
    "cutover": {
        "www.example.com": {"heroku": "x.herokudns.com", "weights": {"heroku": 90, "aws": 10}, "errors": 30}
    },
    "capacity": {"fargate": 1, "spot": 1},
    "cluster": {"insights": "enabled"},
    "allowed": ["0.0.0.0/0"],
    "logs": {
        "key": KEY,
        "archive": {
            "processes": ["shop.web"], "without": ["GET /health/"], "infrequent_after": 30, "expire_after": 365,
            "versioning": True, "concurrency": 5,
        },
    },
    "log_days": 30,
    "secret_recovery_days": 30,
    "protect": True,
    "vault": {
        "mount": "secret", "namespace": "team",
        "auth": {"method": "jwt", "mount": "github", "role": "deploy", "audience": "vault"},
    },
    "deploy": {"timeout": 1200, "release_timeout": 3600, "proof": 60, "prove": True, "lease": 60},
    "bootstrap": {"source": "docker.io/hashicorp/http-echo:1.0"},
    "registry": {
        "owner": "dev", "key": KEY, "mainline": ["main-*"], "mainline_count": 100,
        "branches": [{"tags": "pr-*", "count": 9}, {"tags": "*", "days": 30}], "untagged_days": 7,
        "readers": {"accounts": ["210987654321"], "organization": "o-a1b2c3d4e5"},
    },
    "ci": {
        "github": {"subjects": ["repo:org/shop:environment:dev"]},
        "gitlab": {
            "url": "https://gitlab.com", "aud": "slipway", "subjects": ["project_path:a/b:ref_type:branch:ref:main"],
        },
        "state": {"bucket": "slipway-state", "key": KEY},
        "push": True,
    },
    "notify": {
        "grafana": {"url": "https://grafana.example.com", "dashboard": "abc"},
        "webhooks": [{"name": "chat", "format": "slack", "events": ["failed"]}],
    },
    "receiver": True,
    "alarms": {
        "enabled": True, "email": ["ops@example.org"], "hooks": [{"name": "pager", "format": "pagerduty"}],
        "rules": {"service_cpu": {"threshold": 80, "minutes": 5}, "nat_bytes": False},
        "databases": ["shop-db"], "caches": ["shop-cache"],
    },
    "dashboards": {"cloudwatch": True, "folder": "Shop", "datasource": "aws-dev"},
}  # fmt: skip
ELSEWHERE = {
    ("Registry", "account"): {"registry": {"owner": "own", "account": ACCOUNT}},
    ("Auth", "server_id"): {"vault": {"auth": {"method": "aws", "server_id": "vault.example.com"}}},
}
"""What excludes something else that is written above, as a whole part of the settings."""


@dataclass(frozen=True)
class Place:
    """A field that is written somewhere: its model, its name, and the steps to it in the data."""

    model: type[BaseModel]
    name: str
    steps: tuple[str | int, ...]

    @property
    def path(self) -> str:
        """As a message names it."""
        return "/".join(map(str, self.steps))

    @property
    def annotation(self) -> object:
        return self.model.model_fields[self.name].annotation


def places(model: type[BaseModel], data: Mapping[str, Any], steps: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Every field that `data`, a `model` as it is written, has somewhere."""
    for name, value in data.items():
        yield Place(model, name, (*steps, name))
        for inner in dict.fromkeys(models_in(model.model_fields[name].annotation)):
            for further, part in _parts(model.model_fields[name].annotation, value):
                yield from places(inner, part, (*steps, name, *further))


def _parts(annotation: object, value: Any) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    if isinstance(value, list):
        yield from (((number,), part) for number, part in enumerate(value))
    elif isinstance(value, Mapping) and dict in {get_origin(one) for one in (annotation, *get_args(annotation))}:
        yield from (((key,), part) for key, part in value.items() if isinstance(part, Mapping))
    elif isinstance(value, Mapping):
        yield (), value


def replaced(data: Any, steps: tuple[str | int, ...], value: object) -> Any:
    """A copy of the data with another value at a place."""
    made = copy.deepcopy(data)
    here = made
    for step in steps[:-1]:
        here = here[step]
    here[steps[-1]] = value
    return made


def at(data: Any, steps: tuple[str | int, ...]) -> Any:
    """What is at a place."""
    for step in steps:
        data = data[step]
    return data

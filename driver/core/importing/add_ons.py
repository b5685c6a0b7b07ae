"""What takes the place of each of Heroku's add-ons, and whether its variables come along."""

from enum import StrEnum
from typing import Final, NamedTuple


class Fate(StrEnum):
    """What becomes of an add-on's variables.

    STORE: they lead into a store at Heroku's, and have to be set to the new one. ACCOUNT: they are an account's with
    somebody else, and work until the add-on is removed. GONE: nothing needs them any more.
    """

    STORE = "store"
    ACCOUNT = "account"
    GONE = "gone"


class Instead(NamedTuple):
    """What takes an add-on's place."""

    what: str
    fate: Fate


_POSTGRES: Final = Instead(
    "RDS or Aurora for PostgreSQL; take dumps with --no-owner --no-acl, and mind the schema heroku_ext", Fate.STORE
)
_REDIS: Final = Instead("ElastiCache for Redis or Valkey", Fate.STORE)
_LOGS: Final = Instead("CloudWatch Logs, which has every line already: slipway logs ENV APP", Fate.GONE)
SCHEDULER: Final = ("scheduler", "cron-to-go", "process-scheduler")
"""Add-ons that start processes by the clock. What they start is not told by the Platform API."""

_KNOWN: Final = {
    "heroku-postgresql": _POSTGRES,
    "heroku-redis": _REDIS,
    "rediscloud": _REDIS,
    "redistogo": _REDIS,
    "upstash-redis": _REDIS,
    "openredis": _REDIS,
    "memcachier": Instead("ElastiCache for Memcached", Fate.STORE),
    "memcachedcloud": Instead("ElastiCache for Memcached", Fate.STORE),
    "heroku-kafka": Instead("Amazon MSK", Fate.STORE),
    "cloudkarafka": Instead("Amazon MSK", Fate.STORE),
    "cloudamqp": Instead("Amazon MQ for RabbitMQ, or CloudAMQP itself in your region", Fate.STORE),
    "jawsdb": Instead("RDS for MySQL", Fate.STORE),
    "jawsdb-maria": Instead("RDS for MariaDB", Fate.STORE),
    "cleardb": Instead("RDS for MySQL", Fate.STORE),
    "mongolab": Instead("MongoDB Atlas in your region, or DocumentDB", Fate.STORE),
    "ormongo": Instead("MongoDB Atlas in your region, or DocumentDB", Fate.STORE),
    "bonsai": Instead("Amazon OpenSearch Service", Fate.STORE),
    "searchbox": Instead("Amazon OpenSearch Service", Fate.STORE),
    "foundelasticsearch": Instead("Amazon OpenSearch Service", Fate.STORE),
    "bucketeer": Instead("an S3 bucket of yours, and grants in the catalogue instead of keys", Fate.STORE),
    "cloudcube": Instead("an S3 bucket of yours, and grants in the catalogue instead of keys", Fate.STORE),
    "papertrail": _LOGS,
    "logentries": _LOGS,
    "logdna": _LOGS,
    "mezmo": _LOGS,
    "coralogix": _LOGS,
    "sumologic": _LOGS,
    "logtail": _LOGS,
    "librato": Instead("CloudWatch and its alarms: slipway:alarms", Fate.GONE),
    "hirefire": Instead("scaling/backlog and scaling/requests in the catalogue", Fate.GONE),
    "rails-autoscale": Instead("scaling in the catalogue", Fate.GONE),
    "judoscale": Instead("scaling in the catalogue", Fate.GONE),
    "adept-scale": Instead("scaling in the catalogue", Fate.GONE),
    **dict.fromkeys(SCHEDULER, Instead("a process with schedule in the catalogue, for each job", Fate.GONE)),
    "ssl": Instead("a certificate of ACM, which slipway:domain has issued", Fate.GONE),
    "deployhooks": Instead("slipway:notify", Fate.GONE),
    "fixie": Instead("the Elastic IPs of the NAT gateways, which stay the same", Fate.GONE),
    "quotaguardstatic": Instead("the Elastic IPs of the NAT gateways, which stay the same", Fate.GONE),
    "proximo": Instead("the Elastic IPs of the NAT gateways, which stay the same", Fate.GONE),
    "sendgrid": Instead("an account of your own with SendGrid, or Amazon SES", Fate.ACCOUNT),
    "mailgun": Instead("an account of your own with Mailgun, or Amazon SES", Fate.ACCOUNT),
    "postmark": Instead("an account of your own with Postmark, or Amazon SES", Fate.ACCOUNT),
}
_OTHER: Final = Instead("an account of your own with its maker", Fate.ACCOUNT)


def instead(service: str) -> Instead:
    """What takes the place of an add-on, by the name of its service."""
    return _KNOWN.get(service, _OTHER)

"""What is in the way of a deploy, decided on facts that were gathered before: no question is asked here."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from driver.core.config import secret_labels
from driver.core.config import variables as configs
from driver.core.ports import Config, SecretVersion, ServiceState
from driver.core.preflight.findings import Code, Finding
from model import container_definition
from model.names.names import AppNames
from model.releases import Pin
from model.settings.app import App
from model.settings.environment import Deploy
from model.sizing.addresses import share, surge

# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
DEFINITION_BYTES = 65_536
SURROUNDINGS = 2_000
"""Bytes of a task definition beside its container: family, roles, tags, generously."""
ARN = "arn:aws:secretsmanager:{region}:000000000000:secret:{secret}-XXXXXX"
"""As long as the real one is."""
_TAKES_NOTHING_BACK = "ECS would not take a bad release back for it"
_TELLS_NOTHING = "it would not tell a bad release from a good one"


def of_config(names: AppNames, app: App, config: Config) -> list[Finding]:
    """Variables that are missing, have no name that can be used, or are too large together."""
    return [
        Finding(Code.CONFIG, f"config of {names.app} in {names.env}: {row.text}", row.command)
        for row in configs.check(names.env, names.app, app, config)
    ]


def of_size(names: AppNames, app: App, pin: Pin, region: str) -> list[Finding]:
    """A task definition that ECS would not take: each variable is a reference of some 200 bytes in it."""
    around = container_definition.Surroundings(
        region=region,
        secret_arn=ARN.format(region=region, secret=names.secret),
        bootstrap_image=pin.image or "",
        heroku_variables=app.heroku_variables,
    )
    rendered = {
        name: container_definition.definitions(names.process(name), process, pin, around)
        for name, process in app.processes.items()
    }
    sizes = {name: len(json.dumps(body).encode()) + SURROUNDINGS for name, body in rendered.items()}
    name = max(sizes, key=lambda key: sizes[key])
    if sizes[name] <= DEFINITION_BYTES:
        return []
    return [
        Finding(
            Code.SIZE,
            f"the task definition of {names.process(name).service} would have about {sizes[name]:,} bytes with its"
            f" {len(pin.keys)} variables; ECS takes {DEFINITION_BYTES:,}",
            "Put variables that belong together into one, as JSON.",
        )
    ]


def of_labels(secret: str, versions: Sequence[SecretVersion], keep: Collection[str], token: str) -> list[Finding]:
    """A secret that has no label left for one more version."""
    if secret_labels.room(versions, keep, token):
        return []
    others = ", ".join(secret_labels.foreign(versions)) or "none but its own and AWS's"
    return [
        Finding(
            Code.SECRET,
            f"the secret {secret} has all the {secret_labels.LIMIT} labels that AWS allows, and none can be spared;"
            f" not made by Slipway: {others}",
            f"Take one off: aws secretsmanager update-secret-version-stage --secret-id {secret}"
            " --version-stage LABEL --remove-from-version-id ID",
        )
    ]


def of_alarms(
    names: AppNames, apps: Mapping[str, App], firing: Sequence[str], named: Collection[str] = ()
) -> list[Finding]:
    """Alarms in ALARM that are this app's or that its rollouts name.

    `firing` may have those of an app whose name extends this one's.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
    """
    begins = {f"{names.env}-{app}-": app for app in apps}
    begins |= {f"{names.env}-{app}-{process}-": app for app, spec in apps.items() for process in spec.processes}
    return [
        Finding(
            Code.ALARM_FIRING,
            f"the alarm {name} is firing already, so {_TAKES_NOTHING_BACK if name in named else _TELLS_NOTHING}",
            "See why it does: aws cloudwatch describe-alarms --state-value ALARM",
        )
        for name in sorted(firing)
        if name in named or _owner(name, begins) in {None, names.app}
    ]


def _owner(alarm: str, begins: Mapping[str, str]) -> str | None:
    """The app with the longest of these beginnings, of names of apps and of processes, that an alarm has."""
    found = [begin for begin in begins if alarm.startswith(begin)]
    return begins[max(found, key=len)] if found else None


def of_addresses(services: Iterable[ServiceState], *, release: bool, free: Mapping[str, int]) -> list[Finding]:
    """Subnets without an address for each task that the rollout starts beside those that run."""
    needed = sum(surge(row.desired, row.running + row.pending, row.maximum_percent) for row in services) + release
    each = share(needed, len(free))
    tight = {subnet: left for subnet, left in sorted(free.items()) if left < each}
    if not tight:
        return []
    found = ", ".join(f"{subnet} has {left}" for subnet, left in tight.items())
    return [
        Finding(
            Code.FREE_ADDRESSES,
            f"the rollout needs {needed} more addresses for a while, {each} in each private subnet; {found}",
            "Scale something down, or add a private tier: tasks without an address stay PENDING.",
        )
    ]


def of_way_back(pin: Pin, *, image: bool, config: bool) -> list[Finding]:
    """A release that can't be gone back to, because its image or its config is not there any more."""
    parts = [] if image else [f"its image is gone from ECR ({pin.digest})"]
    parts += [] if config else [f"its config is gone from Secrets Manager ({pin.config})"]
    if not parts:
        return []
    problem = f"should this fail, there is no way back to {pin.version}: {' and '.join(parts)}"
    return [Finding(Code.NO_WAY_BACK, problem, "" if image else "Push that image again if you can.")]


def duration(limits: Deploy, *, release: bool, wait: float) -> float:
    """Seconds that a deploy may take at most: the wait for the lock, the release process, the rollout with its proof,
    and a way back that takes as long as the rollout."""
    return wait + release * limits.release_timeout + 2 * limits.timeout + limits.proof


def of_session(needed: float, *, now: datetime, ends: datetime | None) -> list[Finding]:
    """Credentials that end before a deploy of `needed` seconds has."""
    if ends is None or (left := (ends - now).total_seconds()) >= needed:
        return []
    problem = f"the AWS credentials end in {max(left, 0) / 60:.0f} min; a deploy may take {needed / 60:.0f} min"
    hint = "Ask for a longer session, or give the deploy less time: --timeout, --release-timeout."
    return [Finding(Code.SESSION_TOO_SHORT, problem, hint)]


def of_lease(wait: float, remaining: float | None) -> list[Finding]:
    """A Vault token that ends while the lock is waited for. Vault is read right after that, and never again."""
    if remaining is None or remaining >= wait:
        return []
    return [
        Finding(
            Code.LEASE_TOO_SHORT,
            f"the Vault token holds for {remaining:.0f} s; the variables are read after a wait of up to {wait:.0f} s",
            "Log in again: vault login.",
        )
    ]

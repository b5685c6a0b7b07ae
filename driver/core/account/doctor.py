"""What a machine and an account need before Slipway works, looked at one by one, with what to do for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from driver.core.account.bootstrap import SERVICES, Ground, IdentityProvider, LinkedRole, Part, SecretsKey, StateBucket
from driver.errors import DriverError, NotReady
from model.names.names import SECRETS_KEY
from model.settings.ci import bootstrap
from model.settings.environment import Settings

PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


class Level(StrEnum):
    """How bad it is. With ADVICE things work, but worse than they could."""

    OK = "ok"
    ADVICE = "advice"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What was found of one thing, and what to do."""

    name: str
    level: Level
    found: str
    hint: str = ""

    def plain(self) -> dict[str, str]:
        """As JSON."""
        return {"name": self.name, "level": str(self.level), "found": self.found, "hint": self.hint}


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A plugin of the engine in the version that the program needs: where it is, empty where it is not here, and its
    size in bytes, 0 for one on PATH. `others` are the versions that are here in its place.
    """

    name: str
    version: str
    place: str = ""
    size: int = 0
    others: tuple[str, ...] = ()


class Machine(Protocol):
    """This machine. Methods raise NotReady for what is not there."""

    def engine(self) -> str:
        """The engine that would be used, without getting one."""

    def plugins(self) -> Sequence[Plugin]:
        """The engine's plugins that the program needs, here or not."""

    def finds(self, program: str) -> bool:
        """Whether a program is on PATH."""

    def is_sandbox(self) -> bool:
        """Whether AWS is one on this machine."""


@dataclass(frozen=True, kw_only=True)
class Patient:
    """All that is looked at: the settings of an environment and what its stack file names as secrets provider, the
    variables of the shell, and how the world is asked.
    """

    settings: Settings
    secrets_provider: str | None
    variables: Mapping[str, str]
    machine: Machine
    ground: Ground
    credentials: Callable[[], str]
    vault: Callable[[], str]


Check = Callable[[Patient], Sign]


def examine(patient: Patient) -> list[Sign]:
    """All checks, none of which keeps the others from being made."""
    return [_checked(name, check, patient) for name, check in CHECKS.items()]


def in_the_way(signs: Iterable[Sign]) -> list[Sign]:
    """The signs that keep Slipway from working."""
    return [sign for sign in signs if sign.level is Level.BAD]


def _checked(name: str, check: Check, patient: Patient) -> Sign:
    try:
        return check(patient)
    except DriverError as error:
        return Sign(name=name, level=Level.BAD, found=error.message, hint=error.hint)


def _engine(patient: Patient) -> Sign:
    try:
        return _ok("engine", patient.machine.engine())
    except NotReady as error:
        return Sign(name="engine", level=Level.ADVICE, found=error.message, hint=error.hint)


def _credentials(patient: Patient) -> Sign:
    return _ok("credentials", patient.credentials())


def _region(patient: Patient) -> Sign:
    wanted = patient.settings.region
    named = patient.variables.get("AWS_REGION") or patient.variables.get("AWS_DEFAULT_REGION")
    if named in {None, wanted}:
        return _ok("region", wanted)
    return Sign(
        name="region",
        level=Level.ADVICE,
        found=f"the shell says {named}, {patient.settings.env} is in {wanted}",
        hint=f"Slipway goes by the settings; other tools go by the shell: export AWS_REGION={wanted}",
    )


def _backend(patient: Patient) -> Sign:
    url = patient.variables.get("PULUMI_BACKEND_URL", "")
    place = urlsplit(url)
    if not url:
        found = "PULUMI_BACKEND_URL is not set, so the engine would use whatever `pulumi login` chose last"
        return Sign(name="state", level=Level.ADVICE, found=found, hint=_bootstrap(patient))
    if place.scheme != "s3":
        found = f"the state is at {place.scheme}://{place.hostname or ''}, where nothing of it is checked"
        hint = "A file on one machine is nobody else's." if place.scheme == "file" else ""
        return Sign(name="state", level=Level.ADVICE, found=found, hint=hint)
    bucket = StateBucket(place.netloc)
    return _part(patient, "state", bucket, again=f"{_bootstrap(patient)} --bucket {bucket.name}")


def _secrets(patient: Patient) -> Sign:
    provider = patient.secrets_provider
    if provider is not None:
        if f"awskms://{SECRETS_KEY}" not in provider:
            return _ok("secrets", f"{patient.settings.env} uses {provider}")
        return _part(patient, "secrets", SecretsKey(SECRETS_KEY), again=_bootstrap(patient))
    if not any(name in patient.variables for name in PASSPHRASES):
        return Sign(
            name="secrets",
            level=Level.BAD,
            found="neither a secrets provider nor a passphrase for the engine is set",
            hint=f"{_bootstrap(patient)} makes a key and says what to write into Pulumi.{patient.settings.env}.yaml.",
        )
    if patient.machine.is_sandbox():
        return _ok("secrets", "the sandbox's passphrase")
    return Sign(
        name="secrets",
        level=Level.ADVICE,
        found="the state is encrypted with a passphrase, which is one more secret that CI must have",
        hint=f"{_bootstrap(patient)} makes a key instead.",
    )


def _providers(patient: Patient) -> Sign:
    ci = patient.settings.ci
    if ci is None:
        return _ok("ci", "the settings let no CI deploy")
    for issuer in ci.issuers:
        part = IdentityProvider(issuer.issuer, issuer.audience)
        sign = _part(patient, "ci", part, again=bootstrap(patient.settings.region, issuer))
        if sign.level is not Level.OK:
            return sign
    return _ok("ci", "its identity providers are there")


def _plugins(patient: Patient) -> Sign:
    """The engine gets what is missing by itself, at the first command that needs it, and says little meanwhile."""
    found = patient.machine.plugins()
    missing = [row for row in found if not row.place]
    if not missing:
        return _ok("plugins", ", ".join(f"{row.name} {row.version}{_measured(row.size)}" for row in found))
    named = [
        f"{row.name} {row.version} is not here" + (f" ({', '.join(row.others)} is)" if row.others else "")
        for row in missing
    ]
    commands = " && ".join(f"pulumi plugin install resource {row.name} {row.version}" for row in missing)
    return Sign(
        name="plugins",
        level=Level.ADVICE,
        found=f"{', '.join(named)}: the first command gets some hundred MB and takes minutes",
        hint=f"Get them now: {commands}. In CI, cache $PULUMI_HOME/plugins by these versions.",
    )


def _measured(size: int) -> str:
    return f" ({size / 1e6:.0f} MB)" if size else ""


def _plugin(patient: Patient) -> Sign:
    if patient.machine.finds("session-manager-plugin"):
        return _ok("session-manager-plugin", "it is on PATH")
    return Sign(
        name="session-manager-plugin",
        level=Level.ADVICE,
        found="it is not on PATH, so no shell can be opened in a task",
        hint="https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html",
    )


def _vault(patient: Patient) -> Sign:
    return _ok("vault", patient.vault())


def _linked_roles(patient: Patient) -> Sign:
    """Without them the first `up` has them made, and may fail once by being too early."""
    missing = [service for service in SERVICES if patient.ground.lacks(LinkedRole(service))]
    if not missing:
        return _ok("service-linked-roles", "they are there")
    return Sign(
        name="service-linked-roles",
        level=Level.ADVICE,
        found=f"there is none of {', '.join(missing)}, which the first `up` may stumble over",
        hint=f"Run: {_bootstrap(patient)}",
    )


CHECKS: Mapping[str, Check] = {
    "engine": _engine,
    "plugins": _plugins,
    "credentials": _credentials,
    "region": _region,
    "state": _backend,
    "secrets": _secrets,
    "ci": _providers,
    "service-linked-roles": _linked_roles,
    "session-manager-plugin": _plugin,
    "vault": _vault,
}


def _part(patient: Patient, name: str, part: Part, again: str) -> Sign:
    """A part that is not there is in the way; one that could be better is advice."""
    lacked = patient.ground.lacks(part)
    if not lacked:
        return _ok(name, f"{part} is right")
    level = Level.BAD if lacked[0] == "it is not there" else Level.ADVICE
    return Sign(name=name, level=level, found=f"{part}: {', '.join(lacked)}", hint=f"Run: {again}")


def _bootstrap(patient: Patient) -> str:
    return f"slipway bootstrap --region {patient.settings.region}"


def _ok(name: str, found: str) -> Sign:
    return Sign(name=name, level=Level.OK, found=found)

"""What Heroku says of an app."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from driver.core.values.secret import SecretValues


@dataclass(frozen=True, kw_only=True)
class Dynos:
    """How many dynos of which size a process has."""

    quantity: int
    size: str


@dataclass(frozen=True, kw_only=True)
class HerokuDomain:
    """A custom domain, and the DNS target that Heroku gives it; empty where it gives none yet."""

    host: str
    target: str


@dataclass(frozen=True, kw_only=True)
class AddOn:
    """An add-on of an app: `service` as `heroku-postgresql`, `plan` with it, the names of the variables that it sets.

    `owner` is the other app that it belongs to, where this one only has it attached.
    """

    service: str
    plan: str
    variables: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class HerokuApp:
    """One app at Heroku: what its current release runs, and what is around it.

    `version` is the number of the current release, None without one; `features` are those that are switched on; an
    `internal` one is reached from its private space alone. `config` is None where it may not be read;
    `unread` has each part that Heroku refused, with its reason.
    """

    name: str
    stack: str = ""
    version: int | None = None
    commit: str = ""
    commands: Mapping[str, str] = field(default_factory=dict)
    dynos: Mapping[str, Dynos] = field(default_factory=dict)
    config: SecretValues | None = None
    domains: tuple[HerokuDomain, ...] = ()
    add_ons: tuple[AddOn, ...] = ()
    buildpacks: tuple[str, ...] = ()
    drains: int = 0
    features: tuple[str, ...] = ()
    internal: bool = False
    unread: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_containers(self) -> bool:
        """Whether it runs images of its own, and no slug of a buildpack."""
        return self.stack == "container"


@dataclass(frozen=True, kw_only=True)
class Coupled:
    """An app with the pipeline and the stage that it is in; both empty where it is in none."""

    app: str
    pipeline: str = ""
    stage: str = ""


@dataclass(frozen=True, kw_only=True)
class HerokuBuild:
    """How a build ended: `status` as Heroku says it, and the number of its release where it came to one."""

    id: str
    status: str
    release: int | None = None

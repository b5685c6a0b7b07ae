"""From what Heroku says of an app to what it will be here."""

from collections.abc import Iterator
from typing import Final

from driver.core.importing import variables
from driver.core.importing.add_ons import SCHEDULER, Fate, instead
from driver.core.importing.imported import Imported
from driver.core.importing.processes import Processes, processes
from driver.core.importing.variables import Chosen
from driver.core.values.heroku import HerokuApp, HerokuDomain
from driver.errors import NotReady
from model.procfile.advice import WEB
from model.settings.domain import Domain
from model.settings.ingress import HOSTS, host_name

JOBS: Final = (
    "its jobs at Heroku's scheduler are in no API; read them with: heroku addons:open scheduler -a {app}, and fill in a"
    " process for each, as the comment in Pulumi.yaml shows"
)

FEATURES: Final = {
    "http-session-affinity": "requests of one visitor went to one dyno, and here to any task: keep sessions in a store",
    "runtime-dyno-metadata": "its code may read HEROKU_… variables, which Heroku alone sets; look for them",
    "http-end-to-end-encryption": "Heroku spoke TLS to its processes; here the load balancer ends it",
}
"""What features of Heroku's runtime are here."""


def imported(app: HerokuApp, name: str, env: str, domain: Domain | None, *, stores: bool) -> Imported:
    """The app as `name` in `env`, whose domain that is. With `stores` it keeps to databases at Heroku for now.

    Raises NotReady for an app of which nothing can run.
    """
    found = processes(app)
    if not found.runs:
        raise NotReady(_nothing(app), hint="Deploy it to Heroku once, or write its entry: slipway settings reference")
    chosen = variables.choose(app, stores=stores)
    hosts, shared, names = _hosts(app, domain) if WEB in found.rows else ((), {}, [])
    return Imported(
        name=name,
        env=env,
        origin=_origin(app),
        rows=found.rows,
        requires=chosen.required,
        hosts=hosts,
        shared=shared,
        values=None if app.config is None else chosen.values,
        left=chosen.left,
        todos=tuple(_todos(app, name, env, found, chosen, names)),
        jobs=any(row.service in SCHEDULER for row in app.add_ons),
    )


def _nothing(app: HerokuApp) -> str:
    if app.version is None:
        return f"{app.name} has no release at Heroku yet, so nothing says which processes it has"
    return f"{app.name} has no process at Heroku that runs all the time"


def _origin(app: HerokuApp) -> str:
    version = f", v{app.version}" if app.version else ""
    return f"{app.name} at Heroku{version}{f', commit {app.commit[:12]}' if app.commit else ''}"


def _hosts(app: HerokuApp, domain: Domain | None) -> tuple[tuple[str, ...], dict[str, str], list[str]]:
    """The names that the web process can have here, those of them whose records are ours to make, and what is to be
    said of the others."""
    good: list[str] = []
    shared: dict[str, str] = {}
    told: list[str] = []
    room = HOSTS if domain is None else HOSTS - 1
    for row in app.domains:
        if why := _unfit(row, domain) or ("" if len(good) < room else f"a process takes {HOSTS} names"):
            told.append(f"{row.host}: {why}")
            continue
        good.append(row.host)
        if domain is not None and domain.zone_of(row.host):
            shared[row.host] = row.target
    return tuple(good), shared, told


def _unfit(row: HerokuDomain, domain: Domain | None) -> str:
    if row.host.startswith("*."):
        return "no process has a name with a star; list the names under hosts"
    try:
        host_name(row.host)
    except ValueError as error:
        return str(error)
    if domain is None or not domain.secure or domain.certificate is not None:
        return ""
    if domain.zone is None or domain.zone_of(row.host) is None:
        return "not in the zone of slipway:domain; its record and certificate are made by whoever has its zone"
    if row.host == domain.zone.name:
        return "the top of a zone can't be shared with Heroku; add it to hosts when its traffic shall move at once"
    return "" if row.target else "Heroku gives it no DNS target yet; add it to hosts once it has one"


def _todos(
    app: HerokuApp, name: str, env: str, found: Processes, chosen: Chosen, names: list[str]
) -> Iterator[str]:  # fmt: skip
    yield from (f"{part} at Heroku can't be read: {why}" for part, why in app.unread.items())
    yield from found.todos
    if WEB in found.rows:
        yield (
            f"{WEB}: any answer but a server error on / counts as healthy, as at Heroku; set health/path to one that"
            " tells the truth, and let it answer whatever the Host header is"
        )
    yield from _image(app, name, env, found)
    if chosen.missing:
        yield f"set what leads to the new stores: slipway config set {env} {name} {' '.join(chosen.missing)}"
    yield from variables.advice(chosen)
    yield from _stores(app)
    yield from names
    if any(row.service in SCHEDULER for row in app.add_ons):
        yield JOBS.format(app=app.name)
    yield from (text for feature, text in FEATURES.items() if feature in app.features)
    if app.drains:
        yield f"log drains at Heroku: {app.drains}; here lines go to CloudWatch Logs, and from there to slipway:logs"


def _image(app: HerokuApp, name: str, env: str, found: Processes) -> Iterator[str]:
    wrap = f"slipway image wrap {env} {name} --from IMAGE --path DIR"
    if app.in_containers:
        lines = [f"{row}: {app.commands[row]}" for row in found.rows if app.commands.get(row)]
        what = " / ".join(lines) or "a line for each process"
        yield f"in its folder write a Procfile, which has {what}; then give what its Dockerfile builds to: {wrap}"
        return
    packs = " and ".join(map(_pack, app.buildpacks))
    built = f"{packs} built it; " if packs else ""
    yield f"{built}write a Dockerfile that installs the same, and give what it builds to: {wrap}"


def _pack(buildpack: str) -> str:
    return buildpack.rsplit("/", 1)[-1].removesuffix(".git").removeprefix("heroku-buildpack-")


def _stores(app: HerokuApp) -> Iterator[str]:
    for row in app.add_ons:
        if row.service in SCHEDULER:
            continue
        other = instead(row.service)
        owner = f" (of {row.owner})" if row.owner else ""
        stays = " before the add-on is removed" if other.fate is Fate.ACCOUNT else ""
        yield f"{row.plan}{owner}: take {other.what}{stays}"

"""The port Heroku: apps, teams and pipelines as values."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from driver.adapters.heroku import builds, shapes
from driver.adapters.heroku.requests import Forbidden, Requests
from driver.core.values.heroku import AddOn, Coupled, Dynos, HerokuApp, HerokuBuild, HerokuDomain
from driver.core.values.secret import SecretValues
from driver.errors import NotFound

NEWEST_FIRST = "version ..; order=desc,max=20"


class HerokuPlatform:
    """Heroku's Platform API."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def app(self, name: str) -> HerokuApp:
        """An app with all that can be read of it."""
        path = f"/apps/{quote(name, safe='')}"
        found = shapes.read(shapes.App, self._requests.get(path), path)
        release = self._current(path)
        slug = self._slug(path, release)
        formation = shapes.read_all(shapes.Formation, self._requests.rows(f"{path}/formation"), f"{path}/formation")
        unread: dict[str, str] = {}
        formed = {row.type: row.command for row in formation if row.command}
        return HerokuApp(
            name=found.name,
            stack=found.stack.name,
            version=None if release is None else release.version,
            commit=(slug.commit if slug else None) or "",
            commands={**formed, **((slug.process_types if slug else None) or {})},
            dynos={row.type: Dynos(quantity=row.quantity, size=row.size) for row in formation},
            config=_allowed("the config", unread, lambda: self._config(path), None),
            domains=_allowed("the domains", unread, lambda: tuple(self._domains(path)), ()),
            add_ons=_allowed("the add-ons", unread, lambda: tuple(self._add_ons(path, found.name)), ()),
            buildpacks=_allowed("the buildpacks", unread, lambda: tuple(self._buildpacks(path)), ()),
            drains=_allowed("the log drains", unread, lambda: len(list(self._requests.rows(f"{path}/log-drains"))), 0),
            features=_allowed("the features", unread, lambda: tuple(self._features(path)), ()),
            internal=bool(found.internal_routing),
            unread=unread,
        )

    def coupled(self, name: str) -> Coupled:
        """The pipeline and stage of an app."""
        path = f"/apps/{quote(name, safe='')}/pipeline-couplings"
        try:
            row = shapes.read(shapes.Coupling, self._requests.get(path), path)
        except NotFound:
            return Coupled(app=name)
        return Coupled(app=name, pipeline=self._pipeline(row.pipeline.id).name, stage=row.stage)

    def of_team(self, team: str) -> Sequence[str]:
        """The names of a team's apps."""
        path = f"/teams/{quote(team, safe='')}/apps"
        return sorted(row.name for row in shapes.read_all(shapes.App, self._requests.rows(path), path))

    def of_pipeline(self, pipeline: str) -> Sequence[Coupled]:
        """The apps of a pipeline."""
        found = self._pipeline(pipeline)
        path = f"/pipelines/{found.id}/pipeline-couplings"
        rows = shapes.read_all(shapes.Coupling, self._requests.rows(path), path)
        return [Coupled(app=self._name(row.app.id), pipeline=found.name, stage=row.stage) for row in rows]

    def build(self, app: str, archive: Path, commit: str, say: Callable[[str], None]) -> HerokuBuild:
        """Build and release an archive of the source of a commit."""
        return builds.build(self._requests, app, archive, commit, say)

    def _pipeline(self, pipeline: str) -> shapes.Named:
        path = f"/pipelines/{quote(pipeline, safe='')}"
        return shapes.read(shapes.Named, self._requests.get(path), path)

    def _name(self, app: str) -> str:
        path = f"/apps/{app}"
        return shapes.read(shapes.App, self._requests.get(path), path).name

    def _current(self, path: str) -> shapes.Release | None:
        """The release that runs; None where nothing was ever deployed."""
        older = None
        for row in self._requests.rows(f"{path}/releases", NEWEST_FIRST):
            release = shapes.read(shapes.Release, row, f"{path}/releases")
            if release.current:
                return release
            older = older or (release if release.status == "succeeded" and release.slug else None)
        return older

    def _slug(self, path: str, release: shapes.Release | None) -> shapes.Slug | None:
        """What the release runs; a release of images has no slug, and neither has one before the first deploy."""
        if release is None or release.slug is None:
            return None
        place = f"{path}/slugs/{release.slug.id}"
        return shapes.read(shapes.Slug, self._requests.get(place), place)

    def _config(self, path: str) -> SecretValues:
        place = f"{path}/config-vars"
        return SecretValues(shapes.read(dict[str, str], self._requests.get(place), place))

    def _domains(self, path: str) -> Iterator[HerokuDomain]:
        for row in shapes.read_all(shapes.Domain, self._requests.rows(f"{path}/domains"), f"{path}/domains"):
            if row.kind == "custom":
                yield HerokuDomain(host=row.hostname.lower(), target=row.cname or "")

    def _add_ons(self, path: str, app: str) -> Iterator[AddOn]:
        for row in shapes.read_all(shapes.AddOn, self._requests.rows(f"{path}/addons"), f"{path}/addons"):
            if row.app.name == app:
                yield AddOn(service=row.addon_service.name, plan=row.plan.name, variables=row.config_vars)
        place = f"{path}/addon-attachments"
        for found in shapes.read_all(shapes.Attachment, self._requests.rows(place), place):
            if found.addon.app.name != app:
                yield self._of_another(found)

    def _of_another(self, row: shapes.Attachment) -> AddOn:
        """An add-on that belongs to another app, which its owner alone may look at; its variables begin with the name
        under which it is attached.

        https://devcenter.heroku.com/articles/managing-add-ons#attachments
        """
        owner, variables = row.addon.app.name, (f"{row.name}_URL",)
        try:
            found = shapes.read(shapes.AddOn, self._requests.get(f"/addons/{row.addon.id}"), f"/addons/{row.addon.id}")
        except (Forbidden, NotFound):
            return AddOn(service=row.addon.name, plan=row.addon.name, variables=variables, owner=owner)
        return AddOn(service=found.addon_service.name, plan=found.plan.name, variables=variables, owner=owner)

    def _buildpacks(self, path: str) -> Iterator[str]:
        place = f"{path}/buildpack-installations"
        for row in shapes.read_all(shapes.Buildpack, self._requests.rows(place), place):
            yield row.buildpack.name

    def _features(self, path: str) -> Iterator[str]:
        place = f"{path}/features"
        for row in shapes.read_all(shapes.Feature, self._requests.rows(place), place):
            if row.enabled:
                yield row.name


T = TypeVar("T")


def _allowed(part: str, unread: dict[str, str], ask: Callable[[], T], otherwise: T) -> T:
    """A part of an app; where the account may not read it, the reason is kept and the rest goes on."""
    try:
        return ask()
    except Forbidden as error:
        unread[part] = error.message
        return otherwise

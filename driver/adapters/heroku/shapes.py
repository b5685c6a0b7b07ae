"""What is read of Heroku's answers, checked where it comes in; all else in them is passed over.

https://devcenter.heroku.com/articles/platform-api-reference
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from driver.errors import Unreachable


class Shape(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Named(Shape):
    """Something by its name."""

    id: str = ""
    name: str = ""


class App(Named):
    """GET /apps/{app}"""

    stack: Named = Named()
    internal_routing: bool | None = None


class SlugRef(Shape):
    """The slug of a release."""

    id: str


class Release(Shape):
    """GET /apps/{app}/releases"""

    id: str
    version: int
    status: str
    current: bool = False
    slug: SlugRef | None = None


class Slug(Shape):
    """GET /apps/{app}/slugs/{slug}"""

    commit: str | None = None
    process_types: dict[str, str] | None = None


class Formation(Shape):
    """GET /apps/{app}/formation"""

    type: str
    quantity: int
    size: str
    command: str | None = None


class Domain(Shape):
    """GET /apps/{app}/domains"""

    hostname: str
    kind: str
    cname: str | None = None


class AddOn(Shape):
    """GET /apps/{app}/addons"""

    id: str
    app: Named
    addon_service: Named
    plan: Named
    config_vars: tuple[str, ...] = ()


class Attached(Named):
    """The add-on of an attachment."""

    app: Named = Named()


class Attachment(Named):
    """GET /apps/{app}/addon-attachments"""

    addon: Attached
    app: Named = Named()


class Buildpack(Shape):
    """GET /apps/{app}/buildpack-installations"""

    buildpack: Named


class Feature(Named):
    """GET /apps/{app}/features"""

    enabled: bool = False


class Coupling(Shape):
    """GET /pipelines/{pipeline}/pipeline-couplings"""

    app: Named
    pipeline: Named
    stage: str


class Blob(Shape):
    """Where an archive is put, and got."""

    put_url: str
    get_url: str


class SourcePlace(Shape):
    """POST /sources"""

    source_blob: Blob


class BuildRelease(Shape):
    """The release of a build."""

    id: str


class Build(Shape):
    """POST /apps/{app}/builds"""

    id: str
    status: str
    output_stream_url: str | None = None
    release: BuildRelease | None = None


S = TypeVar("S")


def read(shape: type[S], answer: Any, path: str) -> S:  # noqa: ANN401 - JSON
    """An answer in its shape. Raises Unreachable, which names the first place that is otherwise and no value."""
    try:
        return TypeAdapter(shape).validate_python(answer)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(map(str, first["loc"])) or "its beginning"
        raise Unreachable(
            f"Heroku answered {path} otherwise than its API promises, at {place}: {first['msg']}"
        ) from None


def read_all(shape: type[S], answers: Iterable[Any], path: str) -> list[S]:
    """Rows in their shape. Raises Unreachable."""
    return [read(shape, row, path) for row in answers]

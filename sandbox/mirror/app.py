"""Serves the mirror over the OCI distribution API, read-only.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
"""

import re
from pathlib import Path

from sandbox.asgi import Receive, Scope, Send, answer, answer_json

from .image import Content, Repository, build

BOOTSTRAP = "hashicorp/http-echo"
PATH = re.compile(r"/v2/(?P<name>.+)/(?P<kind>manifests|blobs)/(?P<version>[^/]+)")
TAGS = re.compile(r"/v2/(?P<name>.+)/tags/list")


class Mirror:
    """An ASGI app; everything that it has, it has in memory."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("http_echo.py")
        self.repositories = {BOOTSTRAP: build(program, "http-echo", ("1.0", "1.0.0", "latest"))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET and HEAD of manifests, blobs and tag lists."""
        path = scope["path"]
        if scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, 405, "UNSUPPORTED", "this registry is read-only")
        elif path in ("/v2", "/v2/"):
            await answer_json(send, 200, {})
        elif found := TAGS.fullmatch(path):
            await self._tags(send, found["name"])
        else:
            await self._content(scope, send)

    async def _tags(self, send: Send, name: str) -> None:
        if repository := self.repositories.get(name):
            await answer_json(send, 200, {"name": name, "tags": sorted(repository.tags)})
        else:
            await _refuse(send, 404, "NAME_UNKNOWN", _unknown(name, self.repositories))

    async def _content(self, scope: Scope, send: Send) -> None:
        found = PATH.fullmatch(scope["path"])
        repository = self.repositories.get(found["name"]) if found else None
        if not found or not repository:
            name = found["name"] if found else scope["path"]
            await _refuse(send, 404, "NAME_UNKNOWN", _unknown(name, self.repositories))
            return
        content = _look_up(repository, found["kind"], found["version"])
        if content is None:
            await _refuse(send, 404, "MANIFEST_UNKNOWN", f"{found['name']} has no {found['version']}")
            return
        headers = {
            "content-type": content.media_type,
            "docker-content-digest": content.digest,
            "content-length": str(len(content.data)),
        }
        await answer(send, 200, headers, b"" if scope["method"] == "HEAD" else content.data)


def _look_up(repository: Repository, kind: str, version: str) -> Content | None:
    if kind == "blobs":
        return repository.blobs.get(version)
    return repository.index if version in repository.tags else repository.manifests.get(version)


def _unknown(name: str, known: dict[str, Repository]) -> str:
    return f"the sandbox's mirror has no {name}; it has {', '.join(known)}"


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    await answer_json(send, status, {"errors": [{"code": code, "message": message}]})

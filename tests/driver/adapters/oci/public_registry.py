"""A public registry as Docker Hub is one: read over HTTP, with a token for anybody who asks for it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from driver.core.values import manifests
from driver.core.values.manifests import Manifest, digest_of

REPOSITORY = "library/python"
TOKEN = "Bearer for-anybody"


@dataclass
class Hub:
    """What it has: blobs by digest, manifests by digest and tag, and what it was asked for."""

    address: str = ""
    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def image(self, platform: str, layers: Mapping[bytes, bytes], settings: Mapping[str, Any]) -> Manifest:
        """Keep an image of these layers, each beside the tar within it."""
        system, architecture = platform.split("/")
        contents = [digest_of(tar) for tar in layers.values()]
        rootfs = {"type": "layers", "diff_ids": contents}
        config = json.dumps({"os": system, "architecture": architecture, "config": settings, "rootfs": rootfs}).encode()
        self.blobs |= {digest_of(raw): raw for raw in (*layers, config)}
        rows = [{"mediaType": manifests.OCI_LAYER, "digest": digest_of(raw), "size": len(raw)} for raw in layers]
        head = {"mediaType": manifests.OCI_CONFIG, "digest": digest_of(config), "size": len(config)}
        body = {"schemaVersion": 2, "mediaType": manifests.OCI_MANIFEST, "config": head, "layers": rows}
        return self.keep(Manifest(raw=json.dumps(body).encode(), media_type=manifests.OCI_MANIFEST))

    def index(self, tag: str, images: Mapping[str, Manifest]) -> Manifest:
        """Keep an index of images by platform under a tag."""
        rows = []
        for platform, image in images.items():
            system, architecture = platform.split("/")
            row = {"mediaType": image.media_type, "digest": image.digest, "size": len(image.raw)}
            rows.append({**row, "platform": {"os": system, "architecture": architecture}})
        body = {"schemaVersion": 2, "mediaType": manifests.OCI_INDEX, "manifests": rows}
        made = self.keep(Manifest(raw=json.dumps(body).encode(), media_type=manifests.OCI_INDEX))
        self.manifests[tag] = made
        return made

    def keep(self, made: Manifest) -> Manifest:
        """Have it by its digest."""
        self.manifests[made.digest] = made
        return made

    @property
    def layers_read(self) -> list[str]:
        """The digests of the blobs that it handed out."""
        return [path.rpartition("/")[2] for path in self.asked if "/blobs/" in path]


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, hub: Hub, *arguments: Any) -> None:
        self.hub = hub
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """A token, a manifest or a blob."""
        if self.path.startswith("/token"):
            self._answer(200, {}, json.dumps({"token": TOKEN.removeprefix("Bearer ")}).encode())
            return
        if self.headers["Authorization"] != TOKEN:
            realm = f'Bearer realm="http://{self.hub.address}/token",service="hub"'
            self._answer(401, {"WWW-Authenticate": realm}, b"{}")
            return
        self.hub.asked.append(self.path)
        kind, _, version = self.path.removeprefix(f"/v2/{REPOSITORY}/").partition("/")
        found = self.hub.manifests.get(version) if kind == "manifests" else None
        if found is not None:
            self._answer(200, {"Content-Type": found.media_type}, found.raw)
        elif kind == "blobs" and version in self.hub.blobs:
            self._answer(200, {}, self.hub.blobs[version])
        else:
            self._answer(404, {}, b"{}")

    def _answer(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests read `asked`."""


@contextmanager
def serving() -> Iterator[Hub]:
    """A hub that answers at its address."""
    hub = Hub()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, hub)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        hub.address = f"127.0.0.1:{server.server_port}"
        yield hub
        server.shutdown()

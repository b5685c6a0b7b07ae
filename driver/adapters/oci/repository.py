"""One image repository over the OCI distribution API.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from driver.adapters.oci.transport import Call, Wire
from driver.core.values.manifests import ACCEPTED, Manifest, digest_of
from driver.errors import Unreachable


class Repository:
    """A repository of a registry. Its methods raise Unreachable.

    `base` is the URL that the registry answers at; `host` the name it goes by where that is another. `authorization`
    is sent to `base` alone; without it a registry that asks for a token is asked for one, an anonymous one without a
    `login`.
    """

    def __init__(self, base: str, name: str, *, host: str = "", authorization: str = "", login: str = "") -> None:
        self.base = base
        self.name = name
        scope = f"repository:{name}:pull"
        self._wire = Wire(base, host=host, authorization=authorization, scope=scope, login=login)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.close()

    def manifest(self, version: str) -> Manifest | None:
        """The manifest behind a tag or digest, None when it is not there."""
        headers = {"Accept": ", ".join(ACCEPTED)}
        answer = self._wire.send(Call(method="GET", url=self._url(f"manifests/{version}"), headers=headers))
        if answer.status_code == 404:
            return None
        self._refuse(answer)
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        found = Manifest(raw=answer.content, media_type=media_type)
        if ":" in version:
            self._check(version, found.digest)
        return found

    def put_manifest(self, version: str, manifest: Manifest) -> None:
        """Store a manifest under a tag or its digest. All that it names must be there."""
        headers = {"Content-Type": manifest.media_type}
        url = self._url(f"manifests/{version}")
        self._refuse(self._wire.send(Call(method="PUT", url=url, headers=headers, body=manifest.raw)))

    def has_blob(self, digest: str) -> bool:
        """Whether the blob is there."""
        answer = self._wire.send(Call(method="HEAD", url=self._url(f"blobs/{digest}")))
        if answer.status_code == 404:
            return False
        self._refuse(answer)
        return True

    def read_blob(self, digest: str) -> bytes:
        """A small blob, such as an image config, checked against its digest."""
        answer = self._wire.send(Call(method="GET", url=self._url(f"blobs/{digest}")))
        self._refuse(answer)
        self._check(digest, digest_of(answer.content))
        return answer.content

    def download(self, digest: str, path: Path) -> None:
        """A blob as a file, checked against its digest."""
        self._refuse(self._wire.send(Call(method="GET", url=self._url(f"blobs/{digest}"), into=path)))
        with path.open("rb") as file:
            self._check(digest, f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}")

    def upload(self, digest: str, content: bytes | Path) -> None:
        """Store a blob unless it is there: opened, sent in one piece, closed with its digest."""
        if self.has_blob(digest):
            return
        place = self._step(Call(method="POST", url=self._url("blobs/uploads/")))
        headers = {"Content-Type": "application/octet-stream"}
        place = self._step(Call(method="PATCH", url=place, headers=headers, body=content))
        url = str(httpx.URL(place).copy_merge_params({"digest": digest}))
        self._refuse(self._wire.send(Call(method="PUT", url=url)))

    def _step(self, call: Call) -> str:
        """Where an upload goes on: registries answer with a path or a whole URL."""
        answer = self._wire.send(call)
        self._refuse(answer)
        return str(urljoin(call.url, answer.headers.get("Location", "")))

    def _url(self, path: str) -> str:
        return f"{self._wire.base}/v2/{self.name}/{path}"

    def _refuse(self, answer: httpx.Response) -> None:
        self._wire.refuse(answer, urlsplit(str(answer.url)).path)

    def _check(self, wanted: str, found: str) -> None:
        if wanted != found:
            raise Unreachable(
                f"{self._wire.name}/{self.name}: {wanted} arrived as {found}", hint="Run the command again."
            )

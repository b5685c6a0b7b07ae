"""Image references: which registry, which repository, which tag or digest."""

import re
from dataclasses import dataclass
from typing import Self

ECR_HOST = re.compile(r"^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$")
DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


@dataclass(frozen=True)
class Reference:
    """`host/repository:tag` or `host/repository@digest`; `host` is empty for Docker Hub."""

    host: str
    repository: str
    version: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """As `docker pull` understands it; `latest` where neither tag nor digest is given."""
        name, _, digest = text.partition("@")
        first, slash, rest = name.partition("/")
        # Docker's rule: the first part is a host when it looks like one.
        is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
        host, path = (first, rest) if is_host else ("", name)
        path, _, tag = path.partition(":")
        if host in DOCKER_HUB:
            host = ""
        if not host and "/" not in path:
            path = f"library/{path}"
        return cls(host, path, digest or tag or "latest")

    @property
    def is_ecr(self) -> bool:
        """Whether it names a repository of ECR."""
        return bool(ECR_HOST.match(self.host))

"""What the Dockerfile in an app's folder tells of the image: whether there is a bash in it."""

import re

# Official images of these have a shell at most. https://hub.docker.com/_/alpine
_WITHOUT = re.compile(r"alpine|busybox|distroless|^scratch$|wolfi|chainguard|cgr\.dev|-musl|nixos")
_FROM = re.compile(r"^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)
_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


def base_without_bash(text: str) -> str:
    """The image that the last stage is built on, where that has no bash and none is installed; empty otherwise.

    A base that is not known is taken to have one: the script says at its start where it has not.
    https://docs.docker.com/reference/dockerfile/#from
    """
    plain = _COMMENT.sub("", text)
    bases: dict[str, str] = {}
    last = ""
    for base, stage in _FROM.findall(plain):
        last = bases.get(base.lower(), base)
        bases[stage.lower()] = last
    image = last.split("@")[0].lower()
    if not _WITHOUT.search(image) or re.search(r"\bbash\b", plain):
        return ""
    return last

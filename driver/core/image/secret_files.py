"""Files that hold secrets, by their names: those that never go into an image, and those that a person is told of."""

import re
from pathlib import Path
from typing import Final

NEVER: Final = re.compile(r"\.env.*", re.IGNORECASE | re.DOTALL)
"""Files of variables, such as `.env.production` and `.envrc`, and folders of them."""
_SHOWN: Final = re.compile(r".*\.(?:example|sample|template|dist)", re.IGNORECASE | re.DOTALL)
_KEYS: Final = re.compile(
    r"id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|env|tfstate)|\.netrc|\.pgpass"
    r"|\.npmrc|\.pypirc|\.htpasswd|credentials(?:\.json)?|service[-_]account.*\.json|master\.key|.*secrets?\.(?:ya?ml|json)",
    re.IGNORECASE | re.DOTALL,
)
_HEAD: Final = 4096
"""Bytes that are looked at: a certificate says in its first line what it is."""


def never(name: str) -> bool:
    """Whether something of this name stays out of every image, whatever an ignore file says."""
    return bool(NEVER.fullmatch(name)) and not _SHOWN.fullmatch(name)


def suspicious(path: Path) -> bool:
    """Whether a file looks like a key or a password, which nobody means to pack; a public certificate does not."""
    if not _KEYS.fullmatch(path.name) or _SHOWN.fullmatch(path.name):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return True
    return b"PRIVATE KEY" in head or not (b"BEGIN CERTIFICATE" in head or b"PUBLIC KEY" in head)

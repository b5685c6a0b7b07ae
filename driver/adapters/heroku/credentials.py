"""Where the token for Heroku comes from, and where Heroku is: as the Heroku CLI finds both."""

import netrc
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from driver.adapters.host.loopback import is_loopback
from driver.errors import InvalidInput, NotReady

HINT = "Set HEROKU_API_KEY (heroku auth:token prints one), or log in with heroku login, which writes ~/.netrc."


def address(environment: Mapping[str, str] = os.environ) -> str:
    """Where the Platform API is: HEROKU_HOST, a host or a whole address, else Heroku's own.

    Raises InvalidInput for one on another machine without TLS, to which no token is sent.
    https://devcenter.heroku.com/articles/using-the-cli
    """
    host = environment.get("HEROKU_HOST") or "heroku.com"
    url = host.rstrip("/") if host.startswith(("http://", "https://")) else f"https://api.{host}"
    if urlsplit(url).scheme != "https" and not is_loopback(url):
        raise InvalidInput("HEROKU_HOST has to begin with https://, since it is on another machine")
    return url


def token(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """The token for that address. Raises NotReady where there is none, InvalidInput for a file that can't be read."""
    given = environment.get("HEROKU_API_KEY", "").strip()
    if given:
        return given
    host = urlsplit(url).hostname or ""
    file = Path(environment.get("NETRC") or Path(environment.get("HOME", "~")).expanduser() / ".netrc")
    found = _of_netrc(file, host)
    if not found:
        where = f"{file} has none for {host}" if file.is_file() else f"there is no {file}"
        raise NotReady(f"there is no token for Heroku: HEROKU_API_KEY is not set, and {where}", hint=HINT)
    return found


def _of_netrc(file: Path, host: str) -> str:
    """The password of a host. Nothing that the file holds is in an error."""
    try:
        rows = netrc.netrc(file).authenticators(host)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror}", hint=HINT) from None
    except netrc.NetrcParseError as error:
        raise InvalidInput(f"{file}, line {error.lineno}, can't be read: {_told(error)}", hint=HINT) from None
    return rows[2] or "" if rows else ""


def _told(error: netrc.NetrcParseError) -> str:
    return "others may read it" if "permission" in str(error.msg) else "it is not in the form of a .netrc"

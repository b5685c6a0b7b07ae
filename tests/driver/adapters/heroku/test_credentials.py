from pathlib import Path

import pytest

from driver.adapters.heroku.credentials import address, token
from driver.errors import InvalidInput, NotReady

URL = "https://api.heroku.com"


def test_heroku_is_where_its_cli_finds_it() -> None:
    assert address({}) == URL
    assert address({"HEROKU_HOST": "eu.heroku.example"}) == "https://api.eu.heroku.example"
    assert address({"HEROKU_HOST": "http://127.0.0.1:9/"}) == "http://127.0.0.1:9"
    with pytest.raises(InvalidInput, match="https://"):
        address({"HEROKU_HOST": "http://heroku.example"})


def test_the_variable_is_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / ".netrc"
    file.write_text("machine api.heroku.com login me@acme.example password of-the-file\n")
    file.chmod(0o600)
    home = {"HOME": str(tmp_path)}
    assert token(URL, {**home, "HEROKU_API_KEY": " of-the-variable\n"}) == "of-the-variable"
    assert token(URL, home) == "of-the-file"
    assert token(URL, {"NETRC": str(file)}) == "of-the-file"


def test_without_a_token_the_ways_to_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="HEROKU_API_KEY is not set, and there is no") as none:
        token(URL, {"HOME": str(tmp_path)})
    assert "heroku login" in none.value.hint
    (tmp_path / ".netrc").write_text("machine git.example login a password b\n")
    (tmp_path / ".netrc").chmod(0o600)
    with pytest.raises(NotReady, match="has none for api"):
        token(URL, {"HOME": str(tmp_path)})


def test_a_file_that_is_no_netrc_is_told_without_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine api.heroku.com\nsecret-4711 login\n")
    file.chmod(0o600)
    with pytest.raises(InvalidInput) as refused:
        token(URL, {"NETRC": str(file)})
    assert "secret-4711" not in str(refused.value)

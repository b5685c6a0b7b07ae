"""Rules of logging in to Vault, against a real OpenBao; its AWS method is another server, since OpenBao has none."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import hvac
import pytest

from driver.adapters.aws.session import Session
from driver.adapters.vault.kv import HashicorpVault
from driver.errors import DriverError, Expired, NotReady, Unreachable
from model.settings.vault import Auth, Vault
from tests.driver.conftest import TOKEN

pytestmark = pytest.mark.sandbox

POLICY = 'path "secret/data/dev/*" { capabilities = ["read"] }'
AUDIENCE = "https://vault.example.org"
NAMES = ("VAULT_ROLE_ID", "VAULT_SECRET_ID", "VAULT_ID_TOKEN")
GITHUB = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")


@pytest.fixture
def server(vault_environment: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The server with one app's variables and a policy that may read them; nobody has a token for it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("VAULT_TOKEN")
    for name in (*NAMES, *(f"{name}_FILE" for name in NAMES), *GITHUB):
        monkeypatch.delenv(name, raising=False)
    client = hvac.Client(url=vault_environment, token=TOKEN)
    client.sys.create_or_update_policy("deploy", POLICY)
    client.secrets.kv.v2.create_or_update_secret("dev/shop", secret={"A": "1"}, mount_point="secret")
    yield client
    client.secrets.kv.v2.delete_metadata_and_all_versions("dev/shop", mount_point="secret")


@pytest.fixture
def approle(server: Any) -> Iterator[tuple[str, str]]:
    """A role id and a secret id."""
    server.sys.enable_auth_method("approle", path="machines/ci")
    role = server.auth.approle
    role.create_or_update_approle("slipway", token_policies=["deploy"], mount_point="machines/ci")
    identity = role.read_role_id("slipway", mount_point="machines/ci")["data"]["role_id"]
    yield identity, role.generate_secret_id("slipway", mount_point="machines/ci")["data"]["secret_id"]
    server.sys.disable_auth_method("machines/ci")


@pytest.fixture
def jwt(server: Any) -> Iterator[str]:
    """A token as a CI system makes them, signed with a key that the server trusts."""
    server.sys.enable_secrets_engine("transit")
    server.secrets.transit.create_key("ci", key_type="rsa-2048")
    public = server.secrets.transit.read_key("ci")["data"]["keys"]["1"]["public_key"]
    server.sys.enable_auth_method("jwt")
    server.auth.jwt.configure(jwt_validation_pubkeys=[public], bound_issuer="https://ci.example.org")
    server.auth.jwt.create_role(
        "slipway", user_claim="sub", allowed_redirect_uris=[], bound_audiences=[AUDIENCE],
        bound_subject="repo:shop:main", role_type="jwt", token_policies=["deploy"],
    )  # fmt: skip
    yield signed(server)
    server.sys.disable_auth_method("jwt")
    server.sys.disable_secrets_engine("transit")


def signed(server: Any, audience: str = AUDIENCE) -> str:
    claims = {
        "iss": "https://ci.example.org", "sub": "repo:shop:main", "aud": audience, "iat": 1700000000, "exp": 4102444800,
    }  # fmt: skip
    parts = [_encoded({"alg": "RS256", "typ": "JWT"}), _encoded(claims)]
    made = server.secrets.transit.sign_data(
        "ci", base64.b64encode(".".join(parts).encode()).decode(), hash_algorithm="sha2-256",
        signature_algorithm="pkcs1v15", marshaling_algorithm="jws",
    )  # fmt: skip
    return ".".join([*parts, made["data"]["signature"].rsplit(":", 1)[-1]])


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@contextmanager
def _serving(answers: Any) -> Iterator[str]:
    """A server that gives each request's path, headers and body to a function, which gives status and JSON."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, value = answers(self.path, dict(self.headers), body)
            raw = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the test reads what was asked."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        Thread(target=made.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{made.server_port}"
        made.shutdown()


def reads(auth: Auth) -> dict[str, str]:
    return dict(HashicorpVault(Vault(auth=auth)).read("secret", "dev/shop").values)


def refusal(auth: Auth, failure: type[DriverError]) -> str:
    with pytest.raises(failure) as caught:
        reads(auth)
    return f"{caught.value.message} {caught.value.hint}"


def test_an_approle_gets_in_by_environment(approle: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_ROLE_ID", approle[0])
    monkeypatch.setenv("VAULT_SECRET_ID", approle[1])
    assert reads(Auth.model_validate({"method": "approle", "mount": "machines/ci"})) == {"A": "1"}


def test_an_approle_gets_in_by_a_file_and_a_role_id_that_is_a_setting(
    approle: tuple[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(f"{approle[1]}\n")
    monkeypatch.setenv("VAULT_SECRET_ID_FILE", str(tmp_path / "secret"))
    assert reads(Auth.model_validate({"method": "approle", "mount": "machines/ci", "role": approle[0]})) == {"A": "1"}


def test_a_refused_approle_names_method_mount_and_role_and_no_secret(
    approle: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_SECRET_ID", "sentinel-value-4711")
    told = refusal(Auth.model_validate({"method": "approle", "mount": "machines/ci", "role": approle[0]}), Unreachable)
    assert f"the login by approle at auth/machines/ci, role {approle[0]}" in told
    assert "sentinel-value-4711" not in told


def test_a_login_without_its_secret_says_where_to_put_it(server: Any) -> None:
    told = refusal(Auth.model_validate({"method": "approle", "role": "r"}), NotReady)
    assert "no secret id" in told and "VAULT_SECRET_ID_FILE" in told
    assert "id_tokens" in refusal(Auth.model_validate({"method": "jwt", "role": "slipway"}), NotReady)


def test_a_method_that_is_not_mounted_is_refused_with_its_mount(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_SECRET_ID", "sentinel-value-4711")
    told = refusal(Auth.model_validate({"method": "approle", "mount": "nowhere", "role": "r"}), Unreachable)
    assert "auth/nowhere" in told


def test_the_token_of_gitlab_gets_in_by_its_variable(jwt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_ID_TOKEN", jwt)
    assert reads(Auth.model_validate({"method": "jwt", "role": "slipway"})) == {"A": "1"}


def test_the_token_of_github_is_asked_for_with_its_audience(jwt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(path: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        asked.append((path, headers["Authorization"]))
        return 200, {"count": 1, "value": jwt}

    with _serving(answer) as address:
        monkeypatch.setenv(GITHUB[0], f"{address}/token?api-version=2.0")
        monkeypatch.setenv(GITHUB[1], "of-the-runner")
        assert reads(Auth.model_validate({"method": "jwt", "role": "slipway", "audience": AUDIENCE})) == {"A": "1"}
    assert asked == [("/token?api-version=2.0&audience=https%3A%2F%2Fvault.example.org", "bearer of-the-runner")]


def test_a_token_for_somebody_else_is_refused_and_not_shown(
    jwt: str, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed(server, audience="https://elsewhere.example.org")
    monkeypatch.setenv("VAULT_ID_TOKEN", other)
    told = refusal(Auth.model_validate({"method": "jwt", "role": "slipway"}), Unreachable)
    assert "the login by jwt at auth/jwt, role slipway" in told and "aud" in told
    assert other not in told and other.rsplit(".", 1)[-1] not in told


def test_aws_credentials_get_in_by_a_signed_question_who_they_are(
    session: Session, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "sentinel-session-token")
    logins: list[dict[str, Any]] = []

    def answer(path: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        if path != "/v1/auth/cloud/login":
            return (200, _kv()) if headers.get("X-Vault-Token") == "of-aws" else (403, {"errors": ["denied"]})
        login = json.loads(body)
        logins.append(login)
        return 200, {"auth": {"client_token": "of-aws", "lease_duration": 60}}

    with _serving(answer) as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        auth = Auth.model_validate({"method": "aws", "mount": "cloud", "role": "ci", "server_id": "vault.example.org"})
        assert reads(auth) == {"A": "1"}
    login = logins[0]
    headers = json.loads(base64.b64decode(login["iam_request_headers"]))
    assert (login["role"], login["iam_http_request_method"]) == ("ci", "POST")
    assert base64.b64decode(login["iam_request_url"]) == b"https://sts.amazonaws.com/"
    assert base64.b64decode(login["iam_request_body"]) == b"Action=GetCallerIdentity&Version=2011-06-15"
    assert headers["X-Vault-AWS-IAM-Server-ID"] == ["vault.example.org"]
    assert "x-vault-aws-iam-server-id" in headers["Authorization"][0]
    # What Vault does with it: it sends it on to AWS, here to the sandbox's STS.
    assert "Arn" in _who(session, headers, base64.b64decode(login["iam_request_body"]))


def _who(session: Session, headers: dict[str, list[str]], body: bytes) -> str:
    import urllib.request

    endpoint = str(session.client("sts").meta.endpoint_url)
    sent = {name: row[0] for name, row in headers.items() if name not in ("Host", "Content-Length")}
    with urllib.request.urlopen(urllib.request.Request(endpoint, data=body, headers=sent)) as answer:
        return str(answer.read().decode())


def _kv() -> object:
    metadata = {"version": 1, "created_time": "t"}
    return {"data": {"data": {"A": "1"}, "metadata": metadata}}


def test_a_token_that_ends_in_the_middle_is_unknown_and_not_forbidden(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = server.auth.token.create(policies=["deploy"], ttl="1h")["auth"]["client_token"]
    monkeypatch.setenv("VAULT_TOKEN", token)
    vault = HashicorpVault()
    config = vault.read("secret", "dev/shop")
    with pytest.raises(Unreachable, match="permission denied"):
        vault.write("secret", "dev/shop", config.values, 1)
    server.auth.token.revoke(token)
    with pytest.raises(Expired, match="no more"):
        vault.read("secret", "dev/shop")


def test_only_a_token_that_has_an_end_says_when(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    assert HashicorpVault().remaining() is None
    monkeypatch.setenv("VAULT_TOKEN", server.auth.token.create(policies=["deploy"], ttl="90s")["auth"]["client_token"])
    found = HashicorpVault().remaining()
    assert found is not None and 0 < found <= 90


def test_the_namespace_of_the_environment_is_stronger_than_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(path: str, headers: dict[str, str], body: bytes) -> tuple[int, object]:
        asked.append(headers.get("X-Vault-Namespace"))
        return 200, _kv()

    with _serving(answer) as address:
        monkeypatch.setenv("VAULT_ADDR", address)
        monkeypatch.setenv("VAULT_TOKEN", TOKEN)
        monkeypatch.delenv("VAULT_NAMESPACE", raising=False)
        HashicorpVault(Vault(namespace="team")).read("secret", "dev/shop")
        monkeypatch.setenv("VAULT_NAMESPACE", "other")
        HashicorpVault(Vault(namespace="team")).read("secret", "dev/shop")
    assert asked == ["team", "other"]

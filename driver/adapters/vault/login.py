"""Getting into Vault: a token that somebody has, or a login by AppRole, AWS IAM or a CI system's own token.

What is secret comes by environment or file, never by a setting and never by argv.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from driver.errors import NotReady, Unreachable
from model.settings.vault import Auth, Method

TIMEOUT = 15
GITHUB_URL = "ACTIONS_ID_TOKEN_REQUEST_URL"
GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"


def token(auth: Auth) -> str:
    """The token to begin with: what `vault login` left, or none where we log in ourselves."""
    if auth.method is not Method.TOKEN:
        return ""
    if found := os.environ.get("VAULT_TOKEN"):
        return found
    file = Path.home() / ".vault-token"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def log_in(client: Any, auth: Auth) -> None:  # noqa: ANN401 - hvac has no types
    """Log in as the settings say, so that the client has a token; nothing where it came with one.

    Raises NotReady when what it takes is not there, Unreachable when Vault refuses; neither repeats a secret.
    """
    methods: dict[Method, Callable[[Any, Auth], None]] = {
        Method.APPROLE: _by_approle,
        Method.AWS: _by_aws,
        Method.JWT: _by_jwt,
    }
    if auth.method in methods:
        methods[auth.method](client, auth)


def describe(auth: Auth) -> str:
    """The login in words: its method, mount and role."""
    return f"the login by {auth.method} at auth/{auth.place}, role {auth.role or 'not set'}"


def _by_approle(client: Any, auth: Auth) -> None:  # noqa: ANN401 - see log_in
    """https://developer.hashicorp.com/vault/docs/auth/approle"""
    role = _given("VAULT_ROLE_ID") or auth.role
    secret = _given("VAULT_SECRET_ID")
    if not role or not secret:
        missing = "role id" if not role else "secret id"
        name = "VAULT_ROLE_ID" if not role else "VAULT_SECRET_ID"
        raise _lacking(auth, f"there is no {missing}", f"Set {name}, or {name}_FILE to a file that has it.")
    _send(auth, [secret], lambda: client.auth.approle.login(role, secret, mount_point=auth.place))


def _by_aws(client: Any, auth: Auth) -> None:  # noqa: ANN401 - see log_in
    """By a signed GetCallerIdentity, which Vault sends on to AWS to learn who we are.

    https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
    """
    import boto3

    from driver.adapters.aws.session import translated

    with translated("looking for credentials"):
        credentials = boto3.Session().get_credentials()
        frozen = None if credentials is None else credentials.get_frozen_credentials()
    if frozen is None:
        raise _lacking(auth, "there are no AWS credentials", "Log in to AWS first: aws sso login, for one.")
    _send(
        auth,
        [frozen.secret_key, frozen.token or ""],
        lambda: client.auth.aws.iam_login(
            frozen.access_key,
            frozen.secret_key,
            session_token=frozen.token,
            header_value=auth.server_id,
            role=auth.role,
            mount_point=auth.place,
        ),
    )


def _by_jwt(client: Any, auth: Auth) -> None:  # noqa: ANN401 - see log_in
    """https://developer.hashicorp.com/vault/docs/auth/jwt"""
    found = _given("VAULT_ID_TOKEN") or _of_github(auth)
    if not found:
        raise _lacking(
            auth,
            "there is no token of the CI system",
            "GitLab: `id_tokens: {VAULT_ID_TOKEN: {aud: …}}`. GitHub: `permissions: {id-token: write}`. Elsewhere set"
            " VAULT_ID_TOKEN, or VAULT_ID_TOKEN_FILE to a file that has it.",
        )
    _send(auth, [found], lambda: client.auth.jwt.jwt_login(auth.role, found, path=auth.place))


def _of_github(auth: Auth) -> str:
    """The token that GitHub makes on demand; empty where this is not GitHub, or it may not have one.

    https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
    """
    import httpx

    url, bearer = os.environ.get(GITHUB_URL), os.environ.get(GITHUB_TOKEN)
    if not url or not bearer:
        return ""
    address = httpx.URL(url)
    if auth.audience:
        address = address.copy_merge_params({"audience": auth.audience})
    try:
        answer = httpx.get(address, headers={"Authorization": f"bearer {bearer}"}, timeout=TIMEOUT).raise_for_status()
        return str(answer.json()["value"])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise Unreachable(f"GitHub gave no token for {describe(auth)}: {type(error).__name__}") from None


def _send(auth: Auth, secrets: list[str], login: Callable[[], object]) -> None:
    import hvac.exceptions

    refusals = (
        hvac.exceptions.InvalidRequest,
        hvac.exceptions.InvalidPath,
        hvac.exceptions.Forbidden,
        hvac.exceptions.Unauthorized,
        hvac.exceptions.InternalServerError,
    )
    try:
        login()
    except refusals as error:
        why = "; ".join(error.errors or ()) or type(error).__name__
        if any(secret and secret in why for secret in secrets):
            why = "its answer is not shown, since a secret is in it"
        raise Unreachable(
            f"Vault refused {describe(auth)}: {why}",
            hint="Check `slipway:vault: {auth: …}` in the stack file, and the role in Vault.",
        ) from None


def _given(name: str) -> str:
    """A secret by environment, or in the file that NAME_FILE names; empty without either. Raises NotReady."""
    if found := os.environ.get(name):
        return found
    file = os.environ.get(f"{name}_FILE")
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise NotReady(f"{name}_FILE names {file}, which can't be read: {why}") from None


def _lacking(auth: Auth, what: str, hint: str) -> NotReady:
    return NotReady(f"{what} for {describe(auth)}", hint=hint)

"""What ministack lacks of IAM's identity providers: a further audience for one that is there."""

from typing import Any

from ministack.services import iam

from sandbox.emulator.patching.patch import Needs

NEEDS: Needs = {"ministack.services.iam": ("_IAM_HANDLERS", "_error", "_oidc_providers", "_p", "_xml")}

Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Add AddClientIDToOpenIDConnectProvider."""
    iam._IAM_HANDLERS["AddClientIDToOpenIDConnectProvider"] = _add_client


def _add_client(parameters: Any) -> Answer:  # noqa: ANN401 - ministack's parsed query
    """An audience that is there already is no error.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html
    """
    arn, client = iam._p(parameters, "OpenIDConnectProviderArn"), iam._p(parameters, "ClientID")
    found = iam._oidc_providers.get(arn)
    if found is None:
        refused: Answer = iam._error(404, "NoSuchEntity", f"OIDC provider {arn} not found.", ns="iam")
        return refused
    if client not in found["ClientIDList"]:
        found["ClientIDList"].append(client)
    made: Answer = iam._xml(200, "AddClientIDToOpenIDConnectProviderResponse", "", ns="iam")
    return made

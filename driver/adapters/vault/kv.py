"""Variables in HashiCorp Vault, or OpenBao: the KV v2 secrets engine."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from driver.adapters.host.loopback import is_loopback
from driver.adapters.vault import login
from driver.core.config.variables import Deleted
from driver.core.ports import Config
from driver.core.values.common import ConfigVersion
from driver.core.values.secret import SecretValues
from driver.errors import Busy, DriverError, Expired, InvalidInput, NotFound, NotReady, Unreachable
from model.settings.vault import Method
from model.settings.vault import Vault as Settings


class HashicorpVault:
    """The port Vault. It finds its server as the `vault` command does, and not before it is used.

    https://developer.hashicorp.com/vault/docs/commands#environment-variables
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or Settings()
        self._worked = False

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - hvac has no types
        import hvac
        import requests

        address = os.environ.get("VAULT_ADDR")
        if not address:
            raise NotReady("VAULT_ADDR is not set", hint="Set it to the address of Vault, https://vault.example.org.")
        session = requests.Session()
        # As the `vault` command does: a server on this machine is not asked through a proxy.
        session.trust_env = not is_loopback(address)
        # Given before hvac's own default, which is to read the environment itself.
        session.verify = os.environ.get("VAULT_CACERT") or True
        client = hvac.Client(
            url=address,
            token=login.token(self._settings.auth),
            namespace=os.environ.get("VAULT_NAMESPACE") or self._settings.namespace,
            verify=session.verify,
            session=session,
            timeout=login.TIMEOUT,
        )
        login.log_in(client, self._settings.auth)
        return client

    def remaining(self) -> float | None:
        """Seconds for which a given token still holds; None when it has no end, does not say, or we log in ourselves.

        https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-self
        """
        import hvac.exceptions

        if self._settings.auth.method is not Method.TOKEN:
            return None
        with self._asking("asking how long the token holds"):
            try:
                data = self._client.auth.token.lookup_self()["data"]
            except hvac.exceptions.Forbidden:
                # It is of no use, or may not look at itself: reading tells which.
                return None
        return float(data["ttl"]) if data.get("expire_time") else None

    def find(self, mount: str, path: str) -> Config | None:
        """The newest version, None where there never was one.

        Raises Deleted where it was deleted, NotReady where the mount is no KV version 2, Unreachable, and InvalidInput
        for a value that is no text.
        """
        found = self._newest(mount, path)
        if found is None:
            self._check_mount(mount)
            return None
        if "metadata" not in found:
            # Only version 1 answers so: what lies there is another path's data.
            raise _no_mount(mount, "1")
        metadata = found["metadata"]
        if found["data"] is None:
            raise self._deleted(mount, path, metadata)
        values = _texts(f"{mount}/{path}", found["data"])
        return Config(path=path, version=metadata["version"], created=metadata["created_time"], values=values)

    def read(self, mount: str, path: str) -> Config:
        """The newest version. Raises NotReady where there is none, and what `find` raises."""
        found = self.find(mount, path)
        if found is None:
            raise NotReady(f"there are no variables at {mount}/{path} in Vault")
        return found

    def versions(self, mount: str, path: str) -> list[ConfigVersion]:
        """Every version that Vault keeps, newest first; none where there never was one.

        https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-metadata
        """
        import hvac.exceptions

        self._check_mount(mount)
        with self._asking(f"reading the versions of {mount}/{path}"):
            try:
                rows = self._client.secrets.kv.v2.read_secret_metadata(path=path, mount_point=mount)["data"]["versions"]
            except hvac.exceptions.InvalidPath:
                rows = {}
        found = [
            ConfigVersion(version=int(number), created=str(row["created_time"]), gone=_gone(row))
            for number, row in rows.items()
        ]
        return sorted(found, key=lambda row: -row.version)

    def at(self, mount: str, path: str, version: int) -> Config:
        """One version. Raises NotFound where it is not there any more."""
        import hvac.exceptions

        self._check_mount(mount)
        with self._asking(f"reading version {version} of {mount}/{path}"):
            try:
                answer = self._client.secrets.kv.v2.read_secret_version(
                    path=path, version=version, mount_point=mount, raise_on_deleted_version=True
                )
            except hvac.exceptions.InvalidPath:
                raise NotFound(f"there is no version {version} of {mount}/{path} in Vault that can be read") from None
        metadata = answer["data"]["metadata"]
        values = _texts(f"{mount}/{path}", answer["data"]["data"])
        return Config(path=path, version=metadata["version"], created=metadata["created_time"], values=values)

    def _deleted(self, mount: str, path: str, metadata: Mapping[str, Any]) -> Deleted:
        """What happened to the newest version, and the command of Vault that takes it back."""
        import hvac.exceptions

        version = int(metadata["version"])
        place = f"version {version} of the variables at {mount}/{path}"
        if not metadata.get("destroyed"):
            return Deleted(
                f"{place} was deleted on {str(metadata['deletion_time'])[:19]}Z",
                hint=f"Take it back: vault kv undelete -mount={mount} -versions={version} {path}",
            )
        with self._asking(f"reading the versions of {mount}/{path}"):
            try:
                rows = self._client.secrets.kv.v2.read_secret_metadata(path=path, mount_point=mount)["data"]["versions"]
            except (hvac.exceptions.Forbidden, hvac.exceptions.InvalidPath):
                rows = {}
        left = [int(row) for row, state in rows.items() if not state["destroyed"] and not state["deletion_time"]]
        hint = f"Go back to an older one: vault kv rollback -mount={mount} -version={max(left)} {path}" if left else ""
        return Deleted(f"{place} was destroyed", hint=hint)

    def _check_mount(self, mount: str) -> None:
        """Raises NotReady where Vault says that a mount is something else; who may not ask is told nothing.

        As the `vault kv` command asks. https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts
        """
        import hvac.exceptions

        worked = self._worked
        with self._asking(f"asking what is mounted at {mount}"):
            try:
                data = self._client.adapter.get(f"/v1/sys/internal/ui/mounts/{mount}").get("data") or {}
            except (hvac.exceptions.Forbidden, hvac.exceptions.InvalidPath, hvac.exceptions.InvalidRequest):
                data = {}
        if not data:
            self._worked = worked
            return
        version = str((data.get("options") or {}).get("version", "1"))
        if data.get("type") not in {"kv", "generic"} or version != "2":
            raise _no_mount(mount, version if data.get("type") in {"kv", "generic"} else "")

    def write(self, mount: str, path: str, values: SecretValues, version: int) -> int:
        """Write on top of one version, by Vault's check-and-set. Raises Busy when another was written meanwhile.

        https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#create-update-secret
        """
        import hvac.exceptions

        self._check_mount(mount)
        if version == 0:
            version = self._deleted_version(mount, path)
        with self._asking(f"writing {mount}/{path}"):
            try:
                answer = self._client.secrets.kv.v2.create_or_update_secret(
                    path=path, secret=dict(values), cas=version, mount_point=mount
                )
            except hvac.exceptions.InvalidRequest as error:
                if "check-and-set" not in str(error):
                    raise
                raise Busy(
                    f"the variables at {mount}/{path} were changed by somebody else meanwhile; nothing was written",
                    hint="Run the command again.",
                ) from None
            except hvac.exceptions.InvalidPath:
                raise _no_mount(mount, "") from None
        return int(answer["data"]["version"])

    def forget(self, mount: str, path: str) -> None:
        """Delete all versions, for good; nothing where there is none.

        https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#delete-metadata-and-all-versions
        """
        with self._asking(f"deleting {mount}/{path}"):
            self._client.secrets.kv.v2.delete_metadata_and_all_versions(path=path, mount_point=mount)

    def _deleted_version(self, mount: str, path: str) -> int:
        """The number of the newest version where it was deleted: a path with a past is not new to Vault."""
        found = self._newest(mount, path)
        return int(found["metadata"]["version"]) if found is not None and found["data"] is None else 0

    def _newest(self, mount: str, path: str) -> Mapping[str, Any] | None:
        """Data and metadata; the data is None when the newest version was deleted, all when there never was one."""
        import hvac.exceptions

        with self._asking(f"reading {mount}/{path}"):
            try:
                answer = self._client.secrets.kv.v2.read_secret_version(
                    path=path, mount_point=mount, raise_on_deleted_version=True
                )
            except hvac.exceptions.InvalidPath as error:
                # A version that was deleted or destroyed is a 404 too, one that tells its number.
                answer = error.json or {}
                if any("no handler for route" in str(row) for row in answer.get("errors") or ()):
                    raise _no_mount(mount, "") from None
        data: Mapping[str, Any] | None = answer.get("data")
        return data

    @contextmanager
    def _asking(self, doing: str) -> Iterator[None]:
        """Vault's failures as ours. No message repeats what Vault was sent."""
        import hvac.exceptions
        import requests

        address = os.environ.get("VAULT_ADDR", "")
        try:
            yield
            self._worked = True
        except hvac.exceptions.Forbidden as error:
            raise self._refused(address, doing) from error
        except hvac.exceptions.VaultDown as error:
            raise Unreachable(
                f"Vault at {address} is sealed or in maintenance ({doing})", hint="Unseal it: vault operator unseal."
            ) from error
        except hvac.exceptions.VaultError as error:
            raise Unreachable(f"Vault at {address} failed at {doing}: {type(error).__name__}") from error
        except requests.exceptions.RequestException as error:
            raise Unreachable(
                f"Vault at {address} did not answer ({doing}): {type(error).__name__}",
                hint="Check VAULT_ADDR, VAULT_CACERT and the network.",
            ) from error

    def _refused(self, address: str, doing: str) -> DriverError:
        """A policy that does not allow it and a token that has ended are both a 403; a token that still lives may look
        at itself."""
        import hvac.exceptions

        if self._worked:
            try:
                self._client.auth.token.lookup_self()
            except hvac.exceptions.Forbidden:
                return Expired(f"Vault at {address} takes the token no more that it took before ({doing})")
        return Unreachable(
            f"Vault at {address} refused {doing}: permission denied",
            hint="The token has expired or its policy does not allow this: log in (vault login) or ask for the policy.",
        )


def _gone(state: Mapping[str, Any]) -> str:
    return "destroyed" if state["destroyed"] else "deleted" if state["deletion_time"] else ""


def _no_mount(mount: str, version: str) -> NotReady:
    """A place where no versions are kept: `version` of the KV engine that is there, empty where there is none."""
    if version == "1":
        return NotReady(
            f"Vault has no KV version 2 secrets engine at {mount}: the one there is version 1, which keeps no versions",
            hint=f"Turn it into one (vault kv enable-versioning {mount}) or set slipway:vault to another mount.",
        )
    return NotReady(
        f"Vault has no KV version 2 secrets engine at {mount}",
        hint=f"Enable it (vault secrets enable -path={mount} kv-v2) or set slipway:vault to another mount.",
    )


def _texts(place: str, data: Mapping[str, object]) -> SecretValues:
    wrong = sorted(name for name, value in data.items() if not isinstance(value, str))
    if wrong:
        raise InvalidInput(
            f"{', '.join(wrong)} at {place} in Vault is not text, which is all that an environment variable can be",
            hint=f"Write it again as text, its value from standard input: vault kv patch {place} {wrong[0]}=-",
        )
    return SecretValues({name: str(value) for name, value in data.items()})

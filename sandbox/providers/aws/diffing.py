"""What an update would change, and whether it can be done in place."""

from dataclasses import dataclass

from sandbox.providers.aws.checking import FILLED
from sandbox.providers.aws.comparing import same
from sandbox.providers.aws.resource import Row
from sandbox.providers.values import Properties, is_unknown


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Properties that differ; which of them need a new resource; whether the old one must go first."""

    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()
    deletes_first: bool = False

    @property
    def all(self) -> frozenset[str]:
        """Every property that differs."""
        return self.added | self.removed | self.updated


def compare(row: Row, old: Properties, new: Properties, ignored: frozenset[str] = frozenset()) -> Difference:
    """From old inputs to new ones. `ignored` are top-level names; the engine has reset those already."""
    keys = [k for k in {**old, **new} if not k.startswith("__") and k not in ignored and _differs(row, k, old, new)]
    changed = frozenset(keys)
    fixed = (row.fixed | {"region"}) & changed
    replaces = fixed | (row.must_replace(old, new) & changed if changed else frozenset())
    return Difference(
        added=frozenset(k for k in changed if old.get(k) is None),
        removed=frozenset(k for k in changed if new.get(k) is None),
        updated=frozenset(k for k in changed if old.get(k) is not None and new.get(k) is not None),
        replaces=replaces,
        deletes_first=bool(replaces) and _name_is_taken(row, old, new),
    )


def _differs(row: Row, key: str, old: Properties, new: Properties) -> bool:
    if new.get(key) is None and (key in row.computed or key == "region"):
        return False
    return is_unknown(new.get(key)) or not same(row, key, old.get(key), new.get(key))


def _name_is_taken(row: Row, old: Properties, new: Properties) -> bool:
    """A name that the program gave is the old resource's until that is deleted."""
    if row.deletes_first:
        return True
    if row.name is None or row.name.property in new.get(FILLED, []):
        return False
    key = row.name.property
    return old.get(key) is not None and old.get(key) == new.get(key)

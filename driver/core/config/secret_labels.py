"""The labels that keep config versions alive in Secrets Manager: which one a version gets, and which may go.

A version without label may be deleted by AWS after a day, and a task that refers to it starts no more.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
"""

import re
from collections.abc import Collection, Sequence

from driver.core.values.common import SecretVersion

# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
LIMIT = 20
"""Labels that a secret can have over all its versions, of which AWS uses three itself."""
FULL = 17
OURS = re.compile(r"c[0-9]+(-[0-9a-f]{8})?")


def label(versions: Sequence[SecretVersion], number: int, token: str) -> str:
    """`c<config version>`. Where variables were removed and made anew, Vault counts from 1 again: a label that another
    version has is left to it, since something may run on that one."""
    name = f"c{number}"
    taken = any(name in row.labels and row.id != token for row in versions)
    return f"{name}-{token[:8]}" if taken else name


def labelled(versions: Sequence[SecretVersion], token: str) -> bool:
    """Whether a version is there and has a label of ours."""
    return any(OURS.fullmatch(name) for row in versions if row.id == token for name in row.labels)


def surplus(versions: Sequence[SecretVersion], keep: Collection[str]) -> list[tuple[str, str]]:
    """The (label, version id) to take off so that fewer than 17 labels are left: ours only, oldest version first, and
    none of the versions in `keep`."""
    labels = [(row.created, name, row.id) for row in versions for name in row.labels]
    ours = [entry for entry in labels if OURS.fullmatch(entry[1]) and entry[2] not in keep]
    # By time, since the numbers begin anew with variables that were made anew; by number within one moment.
    ours.sort(key=lambda entry: (entry[0], int(re.findall("[0-9]+", entry[1])[0])))
    return [(name, version) for _, name, version in ours[: max(0, len(labels) - FULL + 1)]]


def room(versions: Sequence[SecretVersion], keep: Collection[str], token: str) -> bool:
    """Whether a version can be published: it has its label already, or there is one for it."""
    names = [name for row in versions for name in row.labels]
    return labelled(versions, token) or len(names) - len(surplus(versions, {*keep, token})) < LIMIT


def foreign(versions: Sequence[SecretVersion]) -> list[str]:
    """The labels that are neither ours nor AWS's own."""
    return sorted(name for row in versions for name in row.labels if not re.match("AWS|" + OURS.pattern + "$", name))

"""What of a dashboard is not in Grafana as it was built."""

from collections.abc import Iterator, Mapping, Sequence

SERVERS = ("id", "version")
"""What Grafana itself writes into a dashboard."""
AGE = "schemaVersion"
MOST = 5
"""Differences that are told of one dashboard."""


def differences(built: Mapping[str, object], stored: Mapping[str, object]) -> list[str]:
    """Each place where Grafana has something else, as `place: there … built …`.

    Keys that only Grafana has are its own: it fills in defaults when it stores. A list of another length is a change.
    """
    plain = {key: value for key, value in built.items() if key not in SERVERS and key != AGE}
    found = list(_differences(plain, stored, ""))
    age, there = built.get(AGE), stored.get(AGE)
    # A newer Grafana brings a dashboard up to its own version.
    if isinstance(age, int) and not (isinstance(there, int) and there >= age):
        found.append(f"{AGE}: {there} there, {age} built")
    return found


def shortened(found: Sequence[str]) -> list[str]:
    """The first of them, and how many there are beside."""
    more = len(found) - MOST
    return [*found[:MOST], f"and {more} more"] if more > 0 else list(found)


def _differences(built: object, stored: object, place: str) -> Iterator[str]:
    if isinstance(built, Mapping):
        if not isinstance(stored, Mapping):
            yield f"{place}: {_short(stored)} there, an object built"
            return
        for key, value in built.items():
            yield from _differences(value, stored.get(key), f"{place}.{key}".lstrip("."))
    elif isinstance(built, list):
        if not isinstance(stored, list) or len(stored) != len(built):
            yield f"{place}: {len(stored) if isinstance(stored, list) else 0} there, {len(built)} built"
            return
        for index, (mine, theirs) in enumerate(zip(built, stored, strict=True)):
            yield from _differences(mine, theirs, f"{place}[{index}]")
    elif built != stored:
        yield f"{place}: {_short(stored)} there, {_short(built)} built"


def _short(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

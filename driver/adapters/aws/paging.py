"""Many things in as many calls as it takes: AWS takes only so many at once."""

from collections.abc import Iterator, Sequence


def batches(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """The items in lists of at most `size`."""
    for start in range(0, len(items), size):
        yield list(items[start : start + size])

"""Rules of what the search for an engine says."""

import pytest

from driver.adapters.pulumi.install_progress import GoProgress, elapsed, is_usable, parse_version


@pytest.mark.parametrize(
    ("found", "usable"),
    [
        ("v3.259.0", True),
        ("3.259.7", True),
        ("v3.260.0-alpha.x8b3", True),
        ("v3.258.9", False),
        ("v3.1.0", False),
        ("v4.0.0", False),
        ("v2.300.0", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_the_pinned_minor_version_or_a_newer_one_of_its_major_will_do(found: str, usable: bool) -> None:
    assert is_usable(found, "3.259.0") is usable


def test_a_version_is_three_numbers() -> None:
    assert parse_version(" v3.259.0\n") == (3, 259, 0)
    assert parse_version("3.259") is None


def test_elapsed_time_reads_as_a_person_says_it() -> None:
    assert [elapsed(0.4), elapsed(59.9), elapsed(65), elapsed(600)] == ["0 s", "59 s", "1 min 05 s", "10 min 00 s"]


def test_progress_counts_and_speaks_every_few_seconds() -> None:
    said: list[str] = []
    progress = GoProgress(said.append, 3, 100.0)
    progress.see("go: downloading github.com/a/b v1.2.3", 100.0)
    progress.see("go: downloading github.com/c/d v0.1.0", 101.0)
    progress.see("github.com/a/b", 106.0)
    progress.see("# github.com/c/d", 106.5)
    progress.tick(200.0)
    assert said == [
        "engine: downloaded 1 modules (github.com/a/b), 0 s",
        "engine: compiled 1 of 3 packages (github.com/a/b), 6 s",
        "engine: compiled 1 of 3 packages (github.com/a/b), 1 min 40 s",
    ]

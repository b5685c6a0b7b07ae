"""How images are named."""

import pytest

from driver.core.image.naming import Naming, default_tag
from model.releases import Source

COMMIT, CONTENT = "0123456789abcdef" * 2 + "01234567", f"sha256:{'c' * 64}"
BY = Naming(mainline=("master-*", "main-*", "release.1-*"), number="42")


@pytest.mark.parametrize(
    ("branch", "tag"),
    [
        ("main", "main-0123456789ab"),
        ("master", "master-0123456789ab"),
        ("release.1", "release.1-0123456789ab"),
        ("feature/new menu", "feature-new-menu-42-0123456789ab"),
        ("main-menu", "branch-main-menu-42-0123456789ab"),
        ("domain", "domain-42-0123456789ab"),
        (None, "42-0123456789ab"),
        ("-", "42-0123456789ab"),
        ("x" * 200, f"{'x' * 80}-42-0123456789ab"),
    ],
)
def test_the_mainline_has_no_build_in_its_name_and_all_else_has(branch: str | None, tag: str) -> None:
    assert default_tag(Source(branch=branch, commit=COMMIT), CONTENT, BY) == tag


def test_what_differs_from_its_commit_says_so() -> None:
    source = Source(branch="topic", commit=COMMIT, dirty=True)
    assert default_tag(source, CONTENT, BY) == "topic-42-0123456789ab-dirty-cccccccc"
    assert default_tag(None, CONTENT, BY) == "c" * 12

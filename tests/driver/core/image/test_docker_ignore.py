"""Rules of `.dockerignore`, as a table of what moby's patternmatcher answers."""

import pytest

from driver.core.image import docker_ignore
from driver.errors import InvalidInput

# Rules, what they leave out, what they leave in.
TABLE = [
    ("a", ["a", "a/b", "a/b/c"], ["b", "b/a", "ab"]),
    ("/a", ["a"], ["b/a"]),
    ("./a/", ["a/b"], ["b/a"]),
    ("../a", [], ["a"]),
    ("a/../b", ["b"], ["a"]),
    ("*.b", ["a.b", ".b", "a.b/c"], ["c/a.b", "ab"]),
    ("*/a", ["b/a", "b/a/c"], ["a", "b/c/a"]),
    ("**/a", ["a", "b/a", "b/c/a/d"], ["ab", "b/ca"]),
    ("**a", ["a", "ba", "c/ba"], ["b"]),
    ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
    ("a/**/b", ["a/b", "a/c/b", "a/c/d/b"], ["ab", "a/c"]),
    ("a**b", ["ab", "ac/b", "a/b"], ["acb"]),
    ("**", ["a", "a/b"], []),
    ("a?", ["ab", "a."], ["a", "a/b", "abc"]),
    ("[ab]c", ["ac", "bc"], ["cc", "abc"]),
    ("[^a]c", ["bc"], ["ac"]),
    ("[!a]c", ["!c", "ac"], ["bc"]),
    (r"\*", ["*"], ["a"]),
    (r"a\-b", ["a-b"], [r"a\-b"]),
    ("a+(b){c}$.", ["a+(b){c}$."], ["aab", "a+(b){c}$a"]),
    ("*\n!a", ["b", "b/a"], ["a", "a/b"]),
    ("a\n!a/b\na/b/c", ["a/d", "a/b/c"], ["a/b", "a/b/d"]),
    ("!a\na", ["a"], []),
    ("*\n!**/*.py", ["a", "b/c"], ["x.py", "b/x.py"]),
    ("# a\n  b  \n\n#c", ["b"], ["a", "#c", "c"]),
    (" #a", ["#a"], ["a"]),
    ("\ufeffa\r\nb\r\n", ["a", "b"], ["c"]),
    ("/!a\n", [], ["a", "!a"]),
    ("A", ["A"], ["a"]),
    ("é*", ["éa"], ["ea"]),
]


@pytest.mark.parametrize(("text", "out", "kept"), TABLE)
def test_the_last_rule_that_names_a_path_or_its_folder_decides(text: str, out: list[str], kept: list[str]) -> None:
    rules = docker_ignore.rules(text.encode())
    found = {path: docker_ignore.ignored(rules, path) for path in [*out, *kept]}
    assert found == {**dict.fromkeys(out, True), **dict.fromkeys(kept, False)}


@pytest.mark.parametrize("text", ["[", "a[", "[a-", "[]", "[^", "a\\", "!", "! ", "[b-a]", "[-a]"])
def test_what_docker_refuses_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^\.dockerignore:2: "):
        docker_ignore.rules(f"#\n{text}\n".encode())


@pytest.mark.parametrize(("text", "out", "kept"), TABLE)
def test_a_folder_is_walked_into_where_an_exception_may_name_something_in_it(
    text: str, out: list[str], kept: list[str]
) -> None:
    rules = docker_ignore.rules(text.encode())
    for path in kept:
        above = ["/".join(path.split("/")[:end]) for end in range(1, path.count("/") + 1)]
        assert all(not docker_ignore.ignored(rules, one) or docker_ignore.may_hold(rules, one) for one in above)


def test_a_folder_that_no_exception_names_is_passed_by() -> None:
    rules = docker_ignore.rules(b"*\n!src/app\n!**/x")
    assert not docker_ignore.may_hold(docker_ignore.rules(b"*\n!src/app"), "data")
    assert docker_ignore.may_hold(rules, "src")
    assert docker_ignore.may_hold(rules, "data")

"""Rules of files of variables, in each dialect."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver.core.config.dotenv import Dialect, dialect_named, parse_dotenv
from driver.errors import InvalidInput

SENTINEL = "sentinel-value-4711"


def read(text: str, dialect: str | None = None) -> dict[str, str]:
    return dict(parse_dotenv(text, dialect=dialect_named(dialect)))


def refusal(text: str, dialect: str | None = None) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse_dotenv(text, ".env.dev", dialect_named(dialect))
    assert SENTINEL not in f"{caught.value} {caught.value.hint}"
    return caught.value.message


def test_what_all_dialects_agree_on_needs_none() -> None:
    text = "# note\nexport A=1\n\nB=\"two words\"\nC='$A'\nD=$A\nF=\nURL=redis://u:p@h:1/0?a=b\nJSON='{\"a\": 1}'\n"
    assert read(text) == {
        "A": "1", "B": "two words", "C": "$A", "D": "$A", "F": "", "URL": "redis://u:p@h:1/0?a=b",
        "JSON": '{"a": 1}',
    }  # fmt: skip


def test_a_value_over_several_lines_is_one_in_quotes() -> None:
    assert read('KEY="-----BEGIN\nabc=\nxyz==\n-----END"\nB=2\n') == {
        "KEY": "-----BEGIN\nabc=\nxyz==\n-----END",
        "B": "2",
    }


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A=abc#def\n", {"heroku": "abc#def", "python": "abc#def", "node": "abc"}),
        ("A=`a b`\n", {"python": "`a b`", "node": "a b"}),
        ('A="it\'s \\$5\\!"\n', {"heroku": "it's $5!", "python": "it's \\$5\\!", "node": "it's \\$5\\!"}),
        ("A='a\\\\b'\n", {"heroku": "a\\b", "python": "a\\b", "node": "a\\\\b"}),
        ('A="a\\tb"\n', {"python": "a\tb", "node": "a\\tb"}),
        ('A="a\\nb\'"\n', {"heroku": "a\nb'", "python": "a\nb'", "node": "a\nb'"}),
    ],
)
def test_each_dialect_reads_as_its_own_reader_does(text: str, values: dict[str, str]) -> None:
    assert {dialect: read(text, dialect)["A"] for dialect in values} == values


@pytest.mark.parametrize(
    ("text", "other"), [("A=abc#def\n", "node"), ("A=`a b`\n", "node"), ('A="it\'s \\$5\\!"\n', "heroku")]
)
def test_where_dialects_differ_one_has_to_be_named(text: str, other: str) -> None:
    said = refusal(f"B=1\n{text}")
    assert said.startswith(f".env.dev:2: A is another value to {other} than to python; say which: --dialect {other}")


def quoted(value: str) -> str:
    """As the Heroku CLI prints a value with `--shell`."""
    if not re.search(r"[\"\s#!$&'()*,:;<=>?@\[\\\]^`{|}]", value):
        return value
    if set(value) & set("'\n"):
        for sign in '\\"$`!':
            value = value.replace(sign, f"\\{sign}")
        return '"' + value.replace("\n", "\\n") + '"'
    return "'" + value.replace("\\", "\\\\") + "'"


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Zl", "Zp", "Cc"],
                                      include_characters="\n")), max_size=4))  # fmt: skip
def test_what_heroku_prints_is_read_as_it_was(values: list[str]) -> None:
    wanted = {f"V{number}": value for number, value in enumerate(values)}
    text = "".join(f"{name}={quoted(value)}\n" for name, value in wanted.items())
    assert read(text, "heroku") == wanted


@pytest.mark.parametrize("dialect", [None, *Dialect])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"A=1\n\nB='{SENTINEL}\n", 3),
        (f"{SENTINEL}\n", 1),
        (f"A=1\nA={SENTINEL}\n", 2),
        (f"{SENTINEL}!=x\n", 1),
        (f"PORT={SENTINEL}\n", 1),
        (f"A='{SENTINEL}\0'\n", 1),
    ],
)
def test_what_is_wrong_is_named_by_line_without_its_text(text: str, line: int, dialect: str | None) -> None:
    assert refusal(text, dialect).startswith(f".env.dev:{line}: ")


@pytest.mark.parametrize("dialect", [None, *Dialect])
@pytest.mark.parametrize(
    "text",
    [
        "KEY=abcdefghij\nsentinelvalue4711==\n",
        "KEY=abcdefghij\nsentinelvalue4711=\n",
        "KEY=abcdefghij\nsentinelvalue4711=half\n",
        f"KEY={'A' * 64}\nSENTINELVALUE4711=\n",
        "URL=postgres://u:p@h/db?ssl\nmode=require\n",
        f"KEY=x\n{'A1' * 30}=x\n",
    ],
)
def test_a_secret_that_was_broken_in_two_is_refused_and_its_rest_is_not_shown(text: str, dialect: str | None) -> None:
    said = refusal(text, dialect)
    assert said.startswith(".env.dev:2: this looks like the rest of the value on line 1")
    assert text.splitlines()[1].split("=")[0] not in said


def test_a_variable_in_small_letters_stands_alone_or_among_its_like() -> None:
    assert read("A=1\n\nhttp_proxy=http://p:1\nno_proxy=x\n") == {"A": "1", "http_proxy": "http://p:1", "no_proxy": "x"}
    assert read("A=1\n# proxies\nhttp_proxy=http://p:1\n")["http_proxy"] == "http://p:1"
    assert read("SECRET_KEY=abc\nEMPTY=\nDEBUG=\n") == {"SECRET_KEY": "abc", "EMPTY": "", "DEBUG": ""}


def test_a_dialect_that_is_none_is_refused_with_those_that_are() -> None:
    with pytest.raises(InvalidInput) as caught:
        dialect_named("ruby")
    assert caught.value.hint == "There are heroku, python, node."

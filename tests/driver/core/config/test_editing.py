import pytest
from hypothesis import given
from hypothesis import strategies as st

from driver.core.config.editing import parse, render
from driver.errors import InvalidInput

NAMES = st.from_regex(r"\A[A-Z][A-Z_]{0,5}\Z").filter(lambda name: name != "PORT")


@given(st.dictionaries(NAMES, st.text() | st.text(alphabet="ab '\"\\\n\r\t#$`=!"), max_size=5))
def test_what_is_not_changed_stays_the_same_to_the_last_character(values: dict[str, str]) -> None:
    text, hidden = render("shop", "dev", 3, values)
    assert dict(parse(text, {name: values[name] for name in hidden})) == values


def test_usual_values_are_shown_as_people_write_them() -> None:
    text, hidden = render("shop", "dev", 3, {"A": "postgres://u:p@h:5432/d", "B": "two words", "C": "", "D": "it's"})
    assert text.partition("\n\n")[2] == "A=postgres://u:p@h:5432/d\n\nB='two words'\n\nC=\n\nD='it\\'s'\n"
    assert hidden == ()


def test_what_no_line_can_hold_is_named_and_kept() -> None:
    text, hidden = render("shop", "dev", 3, {"a b": "sentinel", "B": "1"})
    assert hidden == ("a b",)
    assert "kept: a b\n" in text
    assert "sentinel" not in text
    assert dict(parse(text, {"a b": "sentinel"})) == {"a b": "sentinel", "B": "1"}


def test_an_empty_file_removes_all_that_was_shown() -> None:
    assert dict(parse("# nothing\n\n", {"A": "1"})) == {"A": "1"}


def test_a_wrong_line_is_told_without_what_stands_there() -> None:
    with pytest.raises(InvalidInput, match="the edited file:2") as refused:
        parse("A=1\nB='sentinel-4711\n", {})
    assert "sentinel" not in str(refused.value)

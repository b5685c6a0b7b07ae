"""Rules of the Procfile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import SpecError
from model.procfile.procfile import parse_procfile

PROCESSES = st.from_regex(r"[A-Za-z0-9_-]{1,30}", fullmatch=True)
COMMANDS = st.from_regex(r"[a-z./$][a-zA-Z0-9 ./$=:_-]{0,30}[a-z0-9]", fullmatch=True)


def refusal(text: str) -> SpecError:
    with pytest.raises(SpecError) as caught:
        parse_procfile(text)
    return caught.value


@given(st.dictionaries(PROCESSES, COMMANDS, min_size=1), st.sampled_from(["\n", "\r\n", "\n\n# note: it\n"]))
def test_what_was_written_is_what_is_read_in_the_same_order(commands: dict[str, str], end: str) -> None:
    text = "".join(f"{process}: {command}{end}" for process, command in commands.items())
    assert list(parse_procfile(text).items()) == list(commands.items())


@given(st.text())
def test_any_text_is_either_a_procfile_or_refused_with_its_place(text: str) -> None:
    try:
        procfile = parse_procfile(text)
    except SpecError as error:
        assert error.path == "Procfile" or error.path.startswith("Procfile:")
    else:
        assert len(procfile) > 0


@given(st.dictionaries(PROCESSES, COMMANDS, min_size=2), st.data())
def test_a_process_named_twice_is_refused_with_both_lines(commands: dict[str, str], data: st.DataObject) -> None:
    lines = [f"{process}: {command}" for process, command in commands.items()]
    again = data.draw(st.integers(0, len(lines) - 1))
    error = refusal("\n".join([*lines, lines[again]]))
    assert error.path == f"Procfile:{len(lines) + 1}"
    assert f"line {again + 1} " in error.message


def test_blank_lines_and_comments_are_left_out() -> None:
    procfile = parse_procfile("\ufeff\n# how it starts\nweb:   run --x   \n   \n  # and works\nworker: work\n")
    assert dict(procfile) == {"web": "run --x", "worker": "work"}


def test_a_space_after_the_colon_may_be_left_out() -> None:
    assert parse_procfile("web:run")["web"] == "run"


def test_release_is_a_command_and_never_a_service() -> None:
    procfile = parse_procfile("release: migrate\nweb: serve\nworker: work")
    assert procfile.release == "migrate"
    assert procfile.services == ("web", "worker")
    assert parse_procfile("web: serve").release is None


def test_nobody_can_change_a_procfile() -> None:
    procfile = parse_procfile("web: serve")
    with pytest.raises(TypeError):
        procfile.commands["web"] = "other"  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Procfile: it names no process"),
        ("# only a comment\n\n", "Procfile: it names no process"),
        ("web serve", "Procfile:1: 'web serve' is not `<process>: <command>`"),
        (
            "web: serve\nwö: x",
            "Procfile:2: 'wö: x' is not `<process>: <command>`; the name of a process has letters, digits",
        ),
        ("web serve", "Procfile:1: 'web serve' is not `<process>: <command>`; a colon comes after the process"),
        (
            '"web: serve"',
            "Procfile:1: '\"web: serve\"' is not `<process>: <command>`; take the quotes around the line off",
        ),
        (
            "heroku ps:scale a=1",
            "Procfile:1: 'heroku ps:scale a=1' is not `<process>: <command>`; that is typed into a",
        ),
        (
            "pub<id>: run",
            "Procfile:1: 'pub<id>: run' is not `<process>: <command>`; the name of a process has letters,",
        ),
        ("% it", "Procfile:1: '% it' is not `<process>: <command>`; comments begin with #"),
        ("\nweb:", "Procfile:2: the command of 'web' can't be run: there is none"),
        ("web: # later", "Procfile:1: the command of 'web' can't be run: there is none"),
        ("web: echo 'a", "Procfile:1: the command of 'web' can't be run: a single quote is never closed"),
        ("web: run \\", "Procfile:1: the command of 'web' can't be run: it ends in a backslash"),
        ("web: a\rworker: b", "Procfile:1: the command of 'web' can't be run: it holds an unprintable character"),
        (
            "web: gunicorn\u00a0app",
            "Procfile:1: the command of 'web' can't be run: it holds an unprintable character, no-",
        ),
        (
            "web: gunicorn\u200bapp",
            "Procfile:1: the command of 'web' can't be run: it holds an unprintable character, z",
        ),
        ("web: a\u2028b", "Procfile:1: the command of 'web' can't be run: it holds an unprintable character"),
        ("web: a 'b\x00'", "Procfile:1: the command of 'web' can't be run: it holds an unprintable character"),
        ("web: a '\x85'", "Procfile:1: the command of 'web' can't be run: it holds an unprintable character"),
        ("web: run &&", "Procfile:1: the command of 'web' can't be run: nothing comes after `&&`"),
        ("web: run |", "Procfile:1: the command of 'web' can't be run: nothing comes after `|`"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line(text: str, said: str) -> None:
    assert str(refusal(text)).startswith(said)


def test_a_space_of_another_kind_may_be_in_quotes_and_around_a_line() -> None:
    assert parse_procfile("web: echo '10\u00a0€'\u00a0\n")["web"] == "echo '10\u00a0€'"


def test_each_line_is_known_by_its_place() -> None:
    procfile = parse_procfile("# it\nweb: serve\n\nworker: work\n", "shop/Procfile")
    assert [procfile.place(process) for process in procfile] == ["shop/Procfile:2", "shop/Procfile:4"]


def test_the_path_given_is_the_path_named() -> None:
    with pytest.raises(SpecError, match=r"^shop/Procfile:1: "):
        parse_procfile("nothing", "shop/Procfile")

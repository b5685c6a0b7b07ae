from typer.main import get_command

from driver.cli import build
from driver.views.command_reference import reference

PAGE = reference(get_command(build()))


def test_a_command_has_its_help_how_it_is_typed_and_what_it_takes() -> None:
    begin = PAGE.index("## slipway releases output\n")
    assert PAGE[begin : PAGE.index("\n## ", begin + 1)].splitlines() == [
        "## slipway releases output",
        "",
        "Print what the release process of a release has said.",
        "",
        "```",
        "slipway releases output ENV APP [vN] [OPTIONS]",
        "```",
        "",
        "| | |",
        "|---|---|",
        "| `ENV` | The environment: dev, staging, prod. |",
        "| `APP` | The app, as the catalogue names it. |",
        "| `[vN]` | The release; the newest if left out. |",
        "| `--attempt ATTEMPT` | Which run; the last one if left out. |",
        "| `--json` | Answer as JSON, for scripts. |",
    ]


def test_a_bar_in_a_cell_and_an_angle_bracket_stay_what_they_are() -> None:
    assert "`--dialect heroku\\|python\\|node`" in PAGE
    assert [
        line for line in PAGE.splitlines() if line.startswith("| `") and line.replace("\\|", "").count("|") != 3
    ] == []

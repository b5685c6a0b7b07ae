from driver.views.top_page import NAMES
from examples import top_svg
from examples.demo_svg import WIDTH, draw, wrapped

LONG = "error: example v4 did not come up: " + "because of this and that " * 8
RUN = ["===    1 s  release v2", "$ slipway deploy dev example", LONG, "    ModuleNotFoundError: No module named 'x'"]


def test_a_long_line_goes_on_below_and_further_in() -> None:
    rows = wrapped(f"  {LONG}")
    assert len(rows) > 1
    assert all(len(row) <= WIDTH for row in rows)
    assert rows[0].startswith("  error")
    assert all(row.startswith("      ") for row in rows[1:])
    assert " ".join(" ".join(rows).split()) == " ".join(LONG.split())


def test_indents_and_columns_are_kept() -> None:
    assert wrapped("    a  b") == ["    a  b"]
    assert wrapped("") == [""]


def test_nothing_is_cut_from_the_picture_and_blanks_are_kept_by_every_viewer() -> None:
    drawn = draw(
        [*RUN, "          example-web: has started 2 tasks.", "  + Vpc  dev", "=== 9 s  something else", "gone"]
    )
    plain = drawn.replace("&#160;", " ")
    assert plain.count("because of this and that") >= 6
    assert 'xml:space="preserve"' in drawn
    assert "    ModuleNotFoundError" in plain
    assert not any(word in plain for word in ("has started", "Vpc", "gone"))


def test_the_picture_of_top_has_all_columns_and_the_colours_of_the_terminal() -> None:
    drawn = top_svg.draw("dev\n\x1b[2mAPP\x1b[0m  \x1b[31m92 %\x1b[0m").replace("&#160;", " ")
    assert "$ slipway top dev --once" in drawn
    assert "92 %" in drawn
    assert "\x1b" not in drawn
    kept = top_svg.PICTURE.read_text().replace("&#160;", " ")
    assert all(name.upper() in kept for name in NAMES)

"""What became of a pipeline: for scripts, for a CI system's list of tests, and for people."""

from collections.abc import Mapping
from xml.etree import ElementTree

from driver.core.pipeline.steps import Outcome, Report, Result

_SIGNS: Mapping[Outcome, str] = {
    Outcome.DONE: "✅",
    Outcome.SKIPPED: "⏭️",
    Outcome.FAILED: "❌",
    Outcome.NOT_RUN: "⬜",
}


def plain(report: Report) -> dict[str, object]:
    """Everything, for a script."""
    return {
        "app": report.app,
        "env": report.env,
        "good": report.good,
        **report.facts,
        "steps": [_plain(row) for row in report.results],
    }


def junit(report: Report) -> str:
    """A test suite of the steps, as Jenkins, GitLab and GitHub's actions read it.

    https://github.com/testmoapp/junitxml
    """
    rows = report.results
    count = {outcome: sum(row.outcome is outcome for row in rows) for outcome in Outcome}
    suite = ElementTree.Element(
        "testsuite",
        name=f"slipway pipeline {report.env} {report.app}",
        tests=str(len(rows)),
        failures=str(count[Outcome.FAILED]),
        errors="0",
        skipped=str(count[Outcome.SKIPPED] + count[Outcome.NOT_RUN]),
        time=f"{sum(row.seconds for row in rows):.3f}",
    )
    for row in rows:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"{report.env}.{report.app}", name=row.name, time=f"{row.seconds:.3f}"
        )
        words = _printable(row.words)
        if row.outcome is Outcome.FAILED:
            failed = ElementTree.SubElement(case, "failure", message=words.splitlines()[0], type=f"exit {row.code}")
            failed.text = _printable(f"{row.words}\n{row.hint}".strip())
        elif row.outcome is not Outcome.DONE:
            ElementTree.SubElement(case, "skipped", message=words)
        else:
            ElementTree.SubElement(case, "system-out").text = words
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def markdown(report: Report) -> str:
    """A page for GitHub's summary of a job, and the text of a comment.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
    """
    head = f"### {'✅' if report.good else '❌'} {report.app} in {report.env}"
    facts = [f"- {name.replace('_', ' ')}: `{_cell(value)}`" for name, value in report.facts.items() if value]
    rows = [
        f"| {_SIGNS[row.outcome]} {row.name} | {row.outcome} | {row.seconds:.0f} s | {_cell(row.words)} |"
        for row in report.results
    ]
    hint = next((row.hint for row in report.results if row.hint), "")
    last = ["", f"> {_cell(hint)}"] if hint else []
    return "\n".join([head, "", *facts, "", "| step | | took | |", "|---|---|---|---|", *rows, *last]) + "\n"


def _plain(row: Result) -> dict[str, object]:
    known = {"name": row.name, "outcome": row.outcome, "words": row.words, "seconds": round(row.seconds, 3)}
    return {**known, "hint": row.hint, "code": row.code} if row.outcome is Outcome.FAILED else known


def _cell(text: str) -> str:
    """One line, with nothing in it that ends a cell or begins a tag."""
    flat = " ".join(text.split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("`", "'")


def _printable(text: str) -> str:
    """XML has no control characters but these three."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\t\n") or "-"

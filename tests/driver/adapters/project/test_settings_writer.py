import difflib
from pathlib import Path

import pytest
import yaml

from driver.adapters.project.settings_writer import added
from driver.adapters.project.yaml_file import read_yaml
from driver.errors import InvalidInput

ROOT = Path(__file__).parents[4]
APPS = ("config", "apps", "value")
ROW = {
    "processes": {"web": {"cpu": 256, "port": 8000, "health": {"path": "/", "codes": "200-499"}}, "on": {"count": 0}}
}


def changed(text: str, new: str) -> list[str]:
    """The lines that are no longer as they were, and those that came."""
    lines = difflib.ndiff(text.splitlines(), new.splitlines())
    return [line for line in lines if line[0] in "+-"]


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml"])
def test_every_line_of_our_own_files_stays(name: str) -> None:
    text = (ROOT / name).read_text()
    place = APPS if name == "Pulumi.yaml" else ("config", "slipway:overrides")
    assert [line for line in changed(text, added(text, name, [(place, {"new": ROW})], {})) if line[0] == "-"] == []


def test_comments_stay_with_what_they_are_about(tmp_path: Path) -> None:
    text = """\
name: slipway
config:
    # The apps.
    apps:
        value:
            shop:
                processes:
                    web: {port: 8000}  # as on Heroku
                # shop ends here

    # How they are reached.
    slipway:ingress: shared
"""
    new = added(text, "Pulumi.yaml", [(APPS, {"new": ROW})], {"new": "fill in:\nnightly: {}"})
    assert changed(text, new) == [
        "+             new:",
        "+                 processes:",
        "+                     web: {cpu: 256, port: 8000, health: {path: /, codes: 200-499}}",
        '+                     "on": {count: 0}',
        "+                 # fill in:",
        "+                 # nightly: {}",
    ]
    assert "shop ends here" in new[: new.index("new:")]
    path = tmp_path / "Pulumi.yaml"
    path.write_text(new)
    assert read_yaml(path)["config"]["apps"]["value"]["new"] == ROW  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    [
        "config:\n  slipway:overrides: {shop: {requires: [A]}}\n  # tail\n  aws:region: eu-west-1\n",
        "config:\n  aws:region: eu-west-1\n  slipway:overrides:\n  # tail\n",
        "config:\n  aws:region: eu-west-1",
        "config:\n  slipway:overrides: {}\n  aws:region: eu-west-1\n\n\n",
    ],
)
def test_a_place_may_be_written_in_any_way_or_not_at_all(text: str) -> None:
    new = added(text, "Pulumi.dev.yaml", [(("config", "slipway:overrides"), {"new": ROW})], {"new": "x"})
    before, after = yaml.safe_load(text)["config"], yaml.safe_load(new)["config"]
    overrides = before.get("slipway:overrides") or {}
    assert after == {**before, "slipway:overrides": {**overrides, "new": ROW}}
    assert new.count("# tail") == text.count("# tail")


def test_a_place_that_holds_no_mapping_is_named() -> None:
    with pytest.raises(InvalidInput, match="config/apps/value holds no mapping"):
        added("config:\n  apps: {value: [a]}\n", "Pulumi.yaml", [(APPS, {"new": ROW})], {})

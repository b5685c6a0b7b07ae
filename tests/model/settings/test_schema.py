"""The JSON Schemas of the settings files, judged by a validator that nobody here wrote."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from driver.adapters.project.stack_files import load_settings
from driver.errors import InvalidInput
from model.settings.described import every_model, meanings, unit
from model.settings.environment import Settings
from model.settings.overriding import merge
from model.settings.reference import FILE, page
from model.settings.schema import CATALOGUE, ENVIRONMENT, catalogue, environment
from tests.model.settings.every_setting import ALL
from tests.projects import ROOT, copied

FILES = {"Pulumi.yaml": CATALOGUE, **{f"Pulumi.{env}.yaml": ENVIRONMENT for env in ("dev", "staging", "prod")}}
PROCESSES = "config/apps/value/example/processes"
OVERRIDES = "config/slipway:overrides/example/processes"


def judge(file: str) -> Draft202012Validator:
    return Draft202012Validator(catalogue() if file == "Pulumi.yaml" else environment())


def read(file: str) -> Any:
    return yaml.safe_load((ROOT / file).read_text())


def changed(file: str, place: str, value: object) -> Any:
    change: Any = value
    for key in reversed(place.split("/")):
        change = {key: change}
    return merge(copy.deepcopy(read(file)), change)


@pytest.mark.parametrize("file", FILES)
def test_the_example_files_are_good_and_name_their_schema(file: str) -> None:
    Draft202012Validator.check_schema(judge(file).schema)
    assert [error.message for error in judge(file).iter_errors(read(file))] == []
    first = (ROOT / file).read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={FILES[file]}"


def test_every_setting_there_is_will_do() -> None:
    apps = {"name": "slipway", "runtime": "python", "config": {"apps": {"value": ALL["apps"]}}}
    stack = {"aws:region": "eu-west-1", **{f"slipway:{key}": value for key, value in ALL.items() if key != "apps"}}
    assert [error.message for error in judge("Pulumi.yaml").iter_errors(apps)] == []
    stack["slipway:overrides"] = ALL["apps"]
    assert [error.message for error in judge("Pulumi.dev.yaml").iter_errors({"config": stack})] == []


FAULTS: list[tuple[str, str, object]] = [
    ("Pulumi.yaml", f"{PROCESSES}/web/memmory", 512),
    ("Pulumi.yaml", f"{PROCESSES}/web/cpu", 300),
    ("Pulumi.yaml", f"{PROCESSES}/web/port", 70_000),
    ("Pulumi.yaml", f"{PROCESSES}/web/hosts", ["a.example.com", "a.example.com"]),
    ("Pulumi.yaml", f"{PROCESSES}/web/health", {"codes": 200}),
    ("Pulumi.yaml", f"{PROCESSES}/web.x", {}),
    ("Pulumi.yaml", f"{PROCESSES}/web/only_here", True),
    ("Pulumi.yaml", "config/apps/value/Shop", {"processes": {"web": {}}}),
    ("Pulumi.yaml", "config/cluster", {"value": {"insights": "many"}}),
    ("Pulumi.yaml", "name", "shop"),
    ("Pulumi.dev.yaml", "config/slipway:netwrok", {}),
    ("Pulumi.dev.yaml", "config/slipway:log_days", 31),
    ("Pulumi.dev.yaml", "config/slipway:protect", "maybe"),
    ("Pulumi.dev.yaml", "config/slipway:pins", {}),
    ("Pulumi.dev.yaml", "config/slipway:network/zones", ["eu-west-1a"]),
    ("Pulumi.dev.yaml", "config/slipway:registry", {"account": 123456789012}),
    ("Pulumi.dev.yaml", "config/aws:region", "Ireland"),
    ("Pulumi.dev.yaml", f"{OVERRIDES}/web", {"cpu": 300}),
    ("Pulumi.dev.yaml", f"{OVERRIDES}/web", {"only_here": "yes"}),
    ("Pulumi.dev.yaml", "confg", {}),
]


@pytest.mark.parametrize(("file", "place", "value"), FAULTS)
def test_a_planted_fault_is_found_by_the_schema_and_by_the_settings(
    tmp_path: Path, file: str, place: str, value: object
) -> None:
    found = changed(file, place, value)
    assert list(judge(file).iter_errors(found)) != []
    project = copied(ROOT, tmp_path / "project", "dev")
    (project / file).write_text(yaml.safe_dump(found, sort_keys=False))
    with pytest.raises(InvalidInput):
        load_settings(project, "dev")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (f"{OVERRIDES}/web", {"scaling": None}),
        (f"{OVERRIDES}/worker", {"count": 2}),
        (f"{OVERRIDES}/load", {"only_here": True, "schedule": "rate(1 hour)"}),
        ("config/slipway:overrides", None),
        ("config/aws:maxRetries", 3),
    ],
)
def test_what_the_settings_take_the_schema_takes(tmp_path: Path, place: str, value: object) -> None:
    found = changed("Pulumi.dev.yaml", place, value)
    assert [error.message for error in judge("Pulumi.dev.yaml").iter_errors(found)] == []
    project = copied(ROOT, tmp_path / "project", "dev")
    (project / "Pulumi.dev.yaml").write_text(yaml.safe_dump(found, sort_keys=False))
    load_settings(project, "dev")


def test_the_kept_schemas_and_the_page_are_what_the_code_makes() -> None:
    assert json.loads((ROOT / CATALOGUE).read_text()) == catalogue(), "run slipway settings schema --catalogue"
    assert json.loads((ROOT / ENVIRONMENT).read_text()) == environment(), "run slipway settings schema --environment"
    assert (ROOT / FILE).read_text() == page(), "run slipway settings reference"


def test_every_setting_says_what_it_is() -> None:
    bare = [
        f"{model.__name__}.{name}"
        for model in every_model(Settings)
        for name in model.model_fields
        if not meanings(model).get(name, "").endswith(".")
    ]
    assert bare == []


def test_units_are_told_apart() -> None:
    of = {name: unit(meaning) for name, meaning in meanings(type(Settings.model_fields["deploy"].default)).items()}
    assert of == {
        "timeout": "seconds", "release_timeout": "seconds", "proof": "seconds", "prove": "", "lease": "seconds",
    }  # fmt: skip

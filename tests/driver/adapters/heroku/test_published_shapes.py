"""The local Heroku is judged by the types that Heroku publishes, which are made from its own JSON schema."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from driver.adapters.heroku.requests import VERSION
from tests.fake_heroku import TOKEN, Heroku, served
from tests.heroku_apps import PIPELINES, five, new

PACKAGES = ("@heroku-cli/schema@2.0.1", "ts-json-schema-generator@2.4.0")
SHAPES = {
    r"/apps/[^/]+": "App",
    r"/apps/[^/]+/releases": "Release",
    r"/apps/[^/]+/slugs/.+": "Slug",
    r"/apps/[^/]+/formation": "Formation",
    r"/apps/[^/]+/domains": "Domain",
    r"/apps/[^/]+/addons": "AddOn",
    r"/apps/[^/]+/addon-attachments": "AddOnAttachment",
    r"/apps/[^/]+/config-vars": "ConfigVars",
    r"/apps/[^/]+/buildpack-installations": "BuildpackInstallations",
    r"/apps/[^/]+/log-drains": "LogDrain",
    r"/apps/[^/]+/features": "AppFeature",
    r"/apps/[^/]+/pipeline-couplings": "PipelineCoupling",
    r"/apps/[^/]+/builds(/.+)?": "Build",
    r"/pipelines/[^/]+": "Pipeline",
    r"/pipelines/[^/]+/pipeline-couplings": "PipelineCoupling",
    r"/teams/[^/]+/apps": "TeamApp",
    r"/sources": "Source",
}
OPEN = {"ConfigVars", "ProcessTypes"}
"""Whose keys are the user's own."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Heroku's types as a JSON schema that allows no key which they don't have, and lets none be missing."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed: Heroku's schema can't be fetched")
    folder = tmp_path_factory.mktemp("npm")
    done = ran(folder, npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES)
    if done.returncode != 0:
        pytest.skip(f"npm did not fetch Heroku's schema: {done.stderr[-200:]}")
    types = folder / "node_modules/@heroku-cli/schema/lib/index.d.ts"
    tool = folder / "node_modules/.bin/ts-json-schema-generator"
    made = ran(folder, str(tool), "--path", str(types), "--type", "*", "--no-type-check")
    assert made.returncode == 0, made.stderr
    schema: dict[str, Any] = json.loads(made.stdout)
    # The types join an object and its list by `&`, where the schema says that the list has such objects.
    schema["definitions"]["Actions"] = {"type": "array"}
    for name, definition in schema["definitions"].items():
        if name not in OPEN and "Buildpacks" not in name:
            strict(definition, whole=True)
    return schema


def ran(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def strict(node: Any, *, whole: bool) -> None:
    """Close an object's keys, and at the top of an answer ask for all of them."""
    if isinstance(node, dict):
        if "properties" in node:
            node["additionalProperties"] = False
            if whole:
                node["required"] = sorted(node["properties"])
        for key, value in node.items():
            if key == "properties":
                for row in value.values():
                    strict(row, whole=False)
            elif isinstance(value, dict):
                strict(value, whole=whole)


@pytest.fixture(scope="module")
def answered() -> Heroku:
    """Everything that the local Heroku answers to."""
    with served(*five(), new(), pipelines=PIPELINES) as there:
        headers = {"Accept": VERSION, "Authorization": f"Bearer {TOKEN}", "Range": "id ..; max=200"}
        with httpx.Client(base_url=there.url, headers=headers, trust_env=False) as client:
            for app in there.apps:
                for part in (
                    "",
                    "/releases",
                    "/formation",
                    "/domains",
                    "/addons",
                    "/addon-attachments",
                    "/config-vars",
                ):
                    client.get(f"/apps/{app}{part}")
                for part in ("/buildpack-installations", "/log-drains", "/features", "/pipeline-couplings"):
                    client.get(f"/apps/{app}{part}")
                client.get(f"/apps/{app}/slugs/{there.apps[app].slugged()['id']}")
            client.get("/pipelines/acme-shop")
            client.get("/pipelines/acme-shop/pipeline-couplings")
            client.get("/teams/acme/apps")
            client.post("/sources", json={})
            there.sources["x"] = b""
            made = client.post("/apps/acme-api/builds", json={"source_blob": {"url": "http://h/x", "version": "abc"}})
            client.get(f"/apps/acme-api/builds/{made.json()['id']}")
        return there


def test_every_answer_of_the_local_heroku_is_of_the_published_shape(
    published: dict[str, Any], answered: Heroku
) -> None:
    seen = set()
    for path, answer in answered.answered.items():
        name = next(shape for pattern, shape in SHAPES.items() if re.fullmatch(pattern, path))
        validator = jsonschema.Draft7Validator({**published, "$ref": f"#/definitions/{name}"})
        for row in answer if isinstance(answer, list) else [answer]:
            problems = [
                f"{path}: {'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(row)
            ]
            assert problems == []
            seen.add(name)
    assert seen == set(SHAPES.values())


def test_the_published_shapes_refuse_an_answer_that_is_otherwise(published: dict[str, Any], answered: Heroku) -> None:
    validator = jsonschema.Draft7Validator({**published, "$ref": "#/definitions/Formation"})
    [row] = answered.answered["/apps/acme-api/formation"]
    assert not list(validator.iter_errors(row))
    for wrong in ({**row, "quantity": "1"}, {**row, "amount": 1}, {key: row[key] for key in row if key != "size"}):
        assert list(validator.iter_errors(wrong))

from typing import Any

from driver.core.importing.imported import Imported
from driver.core.importing.settings_edit import Edit, Present, edit

WEB: dict[str, object] = {"cpu": 256, "memory": 512, "port": 8000, "count": 2}
WORKER: dict[str, object] = {"cpu": 256, "memory": 512, "count": 1}
ENTRY = {"requires": ["A"], "processes": {"web": dict(WEB), "worker": dict(WORKER)}}


def row(env: str = "prod", **changed: Any) -> Imported:
    usual = {"rows": {"web": WEB, "worker": WORKER}, "requires": ("A",), "name": "shop", "origin": "x"}
    return Imported(env=env, **{**usual, **changed})


def made(*rows: Imported, differences: bool = False, **present: Any) -> Edit:
    there = Present(**{"apps": {}, "overrides": {}, "cutover": {}, **present})
    return edit(rows, there, differences=differences)


def test_the_first_environment_is_the_catalogues_entry_and_others_say_what_differs() -> None:
    small = {"web": {**WEB, "count": 1}, "worker": WORKER}
    found = made(row(), row("staging", rows=small), row("dev"))
    assert found.apps == {"shop": ENTRY}
    assert found.overrides == {"staging": {"shop": {"processes": {"web": {"count": 1}}}}}
    assert found.environments == ("staging",)


def test_a_process_of_one_environment_alone_is_only_there_and_one_that_lacks_is_idle() -> None:
    found = made(row(), row("staging", rows={"web": WEB, "beat": WORKER}))
    assert found.overrides["staging"]["shop"] == {
        "processes": {"beat": {"only_here": True, **WORKER}, "worker": {"count": 0}}
    }


def test_host_names_are_one_environments_and_traffic_stays_where_it_is() -> None:
    found = made(row(hosts=("www.x.example",), shared={"www.x.example": "a.herokudns.com"}))
    assert found.apps == {"shop": ENTRY}
    assert found.overrides == {"prod": {"shop": {"processes": {"web": {"hosts": ["www.x.example"]}}}}}
    assert found.cutover == {
        "prod": {"www.x.example": {"heroku": "a.herokudns.com", "weights": {"heroku": 100, "aws": 0}}}
    }


def test_what_the_catalogue_has_stays_until_differences_are_asked_for() -> None:
    other = row(rows={"web": {**WEB, "cpu": 512, "memory": 1024}, "worker": WORKER}, requires=("A", "B"))
    found = made(other, apps={"shop": ENTRY})
    assert found.empty
    assert "prod differs in requires, processes/web: --differences" in found.kept[0]
    asked = made(other, apps={"shop": ENTRY}, differences=True)
    assert asked.overrides["prod"]["shop"] == {
        "requires": ["A", "B"], "processes": {"web": {"cpu": 512, "memory": 1024}},
    }  # fmt: skip


def test_overrides_that_are_there_are_somebodys_and_stay() -> None:
    other = row(rows={"web": {**WEB, "count": 9}})
    found = made(other, apps={"shop": ENTRY}, overrides={"prod": {"shop": {}}}, differences=True)
    assert found.empty
    assert found.kept == ("overrides/shop of prod is there already and stays",)


def test_an_import_that_is_done_again_changes_nothing() -> None:
    assert made(row(), apps={"shop": ENTRY}) == Edit()
    scaled = {"processes": {"web": {**WEB, "scaling": {"min": 1, "max": 3}}, "worker": {}}, "requires": ["A"]}
    assert made(row(), apps={"shop": scaled}).empty

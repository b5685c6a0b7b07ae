from pathlib import Path

from driver.adapters.pulumi import home as engine_home


def test_all_but_the_logs_is_that_of_the_user(tmp_path: Path) -> None:
    real, run = tmp_path / "real", tmp_path / "run"
    (real / "logs").mkdir(parents=True)
    (real / "credentials.json").write_text("{}")
    run.mkdir()
    home = Path(engine_home.prepared(run, {"PULUMI_HOME": str(real)})["PULUMI_HOME"])
    assert home.parent == run
    assert (home / "credentials.json").read_text() == "{}"
    assert (home / "logs").is_file()


def test_what_the_engine_adds_is_there_the_next_time(tmp_path: Path) -> None:
    real, first, second = tmp_path / "real", tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    home = Path(engine_home.prepared(first, {"PULUMI_HOME": str(real)})["PULUMI_HOME"])
    (home / "plugins" / "resource-aws-v7.51.1").mkdir()
    (home / "workspaces" / "slipway.json").write_text("{}")
    again = Path(engine_home.prepared(second, {"PULUMI_HOME": str(real)})["PULUMI_HOME"])
    assert (again / "plugins" / "resource-aws-v7.51.1").is_dir()
    assert (again / "workspaces" / "slipway.json").read_text() == "{}"


def test_who_wants_the_logs_has_the_home_as_it_is(tmp_path: Path) -> None:
    assert engine_home.prepared(tmp_path, {"SLIPWAY_ENGINE_LOGS": "1"}) == {}
    assert list(tmp_path.iterdir()) == []


def test_without_any_home_yet_it_is_made(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    home = engine_home.prepared(run, {"HOME": str(tmp_path), "PULUMI_HOME": str(tmp_path / "new")})["PULUMI_HOME"]
    assert sorted(entry.name for entry in Path(home).iterdir()) == ["logs", "plugins", "workspaces"]
    assert (tmp_path / "new" / "plugins").is_dir()

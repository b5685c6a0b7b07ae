import re

from hypothesis import given
from hypothesis import strategies as st

from model.names.clashes import clashes, derived
from model.names.names import TAKEN, AppNames, plain, shorten
from model.settings.alarm_kinds import KINDS

ENV = "production12"
APP = st.from_regex(r"\A[a-z](-?[a-z0-9]){0,23}\Z")
PROCESS = st.from_regex(r"\A[A-Za-z0-9_-]{1,30}\Z")
LIKE = st.lists(st.sampled_from(["a", "A", "-", "_", "b", "1"]), min_size=1, max_size=5).map("".join)
"""Names that folding brings together."""
PORT = st.none() | st.integers(1, 65535)

LEGAL = {
    "service": r"[A-Za-z0-9_-]{1,255}",
    "family": r"[A-Za-z0-9_-]{1,255}",
    "log group": r"[A-Za-z0-9_/.#-]{1,512}",
    "load balancer": r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)",
    "target group": r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)",
    "schedule": r"[0-9A-Za-z_.-]{1,64}",
    "role": r"[\w+=,.@-]{1,64}",
    "queue": r"[A-Za-z0-9_-]{1,80}",
    "secret": r"[A-Za-z0-9/_+=.@-]{1,512}",
    "repository": r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*",
}
"""What each service takes as a name, in its own words."""


@given(app=APP, process=PROCESS | LIKE, port=PORT)
def test_every_name_is_one_that_its_service_takes(app: str, process: str, port: int | None) -> None:
    rows = derived(ENV, "ap-southeast-2", {app: {process: port}})
    assert [row for row in rows if not re.fullmatch(LEGAL[row[0]], row[1], re.ASCII)] == []


@given(app=APP, process=PROCESS | LIKE)
def test_a_name_in_dns_is_a_label(app: str, process: str) -> None:
    label = AppNames("dev", app).process(process).host_label
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", label), label
    assert label[2:4] != "--"


@given(catalogue=st.dictionaries(APP, st.dictionaries(PROCESS, PORT, min_size=1, max_size=4), min_size=1, max_size=6))
def test_no_two_apps_or_processes_derive_the_same_name(catalogue: dict[str, dict[str, int | None]]) -> None:
    found = clashes(derived("dev", "eu-west-1", catalogue))
    # An app may have a hyphen as a process may, and the service is called `<app>-<process>` for all the world.
    assert {kind for kind, _, _ in found} <= {"service", "family", "log group", "schedule", "load balancer"}
    assert all(
        name.endswith(f"-{process}") for _, name, owners in found for process in {o.split("/")[3] for o in owners}
    )


@given(processes=st.dictionaries(LIKE, PORT, min_size=2, max_size=8))
def test_processes_of_one_app_that_differ_in_case_or_hyphens_alone_stay_apart(processes: dict[str, int | None]) -> None:
    assert clashes(derived("dev", "eu-west-1", {"shop": processes})) == []


@given(name=st.from_regex(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z"), limit=st.integers(25, 64))
def test_a_name_that_was_legal_stays_what_it_was(name: str, limit: int) -> None:
    assert plain(name, limit) == shorten(name, limit)


def test_names_that_stand_are_those_that_stood() -> None:
    web = AppNames("dev", "shop").process("web")
    assert (web.service, web.family, web.log_group) == ("shop-web", "dev-shop-web", "/ecs/dev-shop-web")
    assert (web.balancer, web.schedule, web.host_label) == ("dev-shop-web", "dev-shop-web", "shop-web")
    assert (web.target_group(8000), web.shared_target_group(8000)) == ("dev-shop-web-8000", "dev-shop-web-8000-shared")
    long = AppNames("production12", "a-rather-long-name-24chr").process("sixteencharacter")
    assert long.balancer == "production12-a-rather-lon-9927d5" and long.schedule == long.family


def test_two_processes_of_one_service_name_are_refused_with_both_owners() -> None:
    found = clashes(derived("dev", "eu-west-1", {"shop": {"two-web": 80}, "shop-two": {"web": 80}}))
    assert ("service", "shop-two-web", ["apps/shop/processes/two-web", "apps/shop-two/processes/web"]) in found


def test_a_clash_names_both_owners() -> None:
    rows = [("service", "a-b", "apps/a"), ("service", "a-b", "apps/b"), ("family", "a-b", "apps/a")]
    assert clashes(rows) == [("service", "a-b", ["apps/a", "apps/b"])]


def test_long_names_that_differ_at_their_end_stay_apart() -> None:
    assert shorten("x" * 40 + "1", 32) != shorten("x" * 40 + "2", 32)


def test_alarms_of_two_processes_are_never_called_the_same() -> None:
    keys = [f"-{kind.key.replace('_', '-')}" for kind in KINDS]
    assert [(one, other) for one in keys for other in keys if one != other and one.endswith(other)] == []


def test_no_environment_has_a_name_that_aws_or_slipway_keeps_for_itself() -> None:
    assert {"internal", "slipway", "default"} <= set(TAKEN)

from hypothesis import given
from hypothesis import strategies as st

from spec.names import AppNames, clashes, derived, shorten

APP = st.from_regex(r"\A[a-z](-?[a-z0-9]){0,23}\Z")
PROCESS = st.from_regex(r"\A[a-z][a-z0-9]{0,15}\Z")


@given(app=APP, process=PROCESS, port=st.integers(1, 65535))
def test_every_name_keeps_within_its_service_s_limit(app: str, process: str, port: int) -> None:
    names = AppNames("production12", app).process(process)
    for name in (names.balancer, names.target_group(port)):
        assert len(name) <= 32
        assert not name.startswith(("-", "internal-"))
        assert not name.endswith("-")
    assert len(AppNames("production12", app).role("ap-southeast-2", "execution")) <= 64


@given(catalogue=st.dictionaries(APP, st.sets(PROCESS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_no_two_apps_or_processes_derive_the_same_name(catalogue: dict[str, set[str]]) -> None:
    assert clashes(derived("dev", "eu-west-1", catalogue.items())) == []


def test_a_clash_names_both_owners() -> None:
    rows = [("service", "a-b", "apps/a"), ("service", "a-b", "apps/b"), ("family", "a-b", "apps/a")]
    assert clashes(rows) == [("service", "a-b", ["apps/a", "apps/b"])]


def test_long_names_that_differ_at_their_end_stay_apart() -> None:
    assert shorten("x" * 40 + "1", 32) != shorten("x" * 40 + "2", 32)

import pytest

from model.settings.health import Health
from tests.model.refusals import refusing
from tests.model.settings.test_environment import checked, web


@pytest.mark.parametrize("codes", ["200", "200,301", "200-399", "200-204,301,404-499"])
def test_codes_of_a_matcher_will_do(codes: str) -> None:
    assert Health(codes=codes).codes == codes


@pytest.mark.parametrize("path", ["/", "/health/", "/health?full=1&x=%20", f"/{'a' * 1023}"])
def test_paths_of_a_health_check_will_do(path: str) -> None:
    assert Health(path=path).path == path


@pytest.mark.parametrize(
    ("health", "place", "said"),
    [
        ({"codes": "399-200"}, "codes", "write the lower code first: 200-399"),
        ({"codes": "200-200"}, "codes", "write the lower code first"),
        ({"codes": "200,600"}, "codes", "600 is beyond what a load balancer looks for; use codes from 200 to 499"),
        ({"codes": "200-300-400"}, "codes", "is no list of HTTP codes; write 200"),
        ({"codes": "200, 301"}, "codes", "is no list of HTTP codes"),
        ({"codes": ""}, "codes", "is no list of HTTP codes"),
        ({"codes": 200}, "codes", 'write it in quotes: "200"'),
        ({"path": f"/{'a' * 1024}"}, "path", "has 1025 characters; use 1024 at most"),
        ({"path": "health"}, "path", "begin it with /"),
        ({"path": "/a b"}, "path", "leave out blanks"),
        ({"path": "/a#b"}, "path", "leave out blanks, #"),
        ({"path": "/gesundheit/ü"}, "path", "what is not ASCII"),
    ],
)
def test_what_a_target_group_would_not_take_is_refused(health: dict[str, object], place: str, said: str) -> None:
    with refusing() as refused:
        checked(web(health=health))
    refused.says(f"apps/api/processes/web/health/{place}: ", said)

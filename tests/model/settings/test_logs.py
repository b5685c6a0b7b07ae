import pytest
from hypothesis import given
from hypothesis import strategies as some

from model.settings.environment import Settings
from model.settings.logs import MOST_PROCESSES, Archive
from model.settings.parse import SettingsError, parse
from model.sizing.quota_needs import roles
from tests.model.refusals import refusing

BASE: dict[str, object] = {
    "network": {"zones": ["eu-west-1a", "eu-west-1b"]},
    "apps": {"shop": {"processes": {"web": {"port": 8000}, "worker": {}}}},
}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def settings(logs: object) -> Settings:
    return parse("dev", "eu-west-1", {**BASE, "logs": logs})


def archive(**more: object) -> dict[str, object]:
    return {"archive": {"processes": ["shop.web"], **more}}


def test_nothing_is_archived_or_encrypted_unless_it_is_asked_for() -> None:
    logs = parse("dev", "eu-west-1", BASE).logs
    assert (logs.key, logs.archive) == (None, None)
    assert not logs.archives("shop.web")


def test_only_the_chosen_processes_are_archived() -> None:
    logs = settings({"key": KEY, **archive()}).logs
    assert (logs.archives("shop.web"), logs.archives("shop.worker")) == (True, False)


def test_an_archive_of_no_process_is_kept_and_gets_nothing_more() -> None:
    logs = settings(archive(processes=[])).logs
    assert logs.archive is not None
    assert not logs.archives("shop.web")


def test_the_roles_of_its_functions_count() -> None:
    assert roles(settings(archive())) - roles(settings({})) == {
        "slipway-dev-eu-west-1-log-shipper",
        "slipway-dev-eu-west-1-log-compactor",
    }


@pytest.mark.parametrize(
    ("logs", "words"),
    [
        (archive(processes=["shop.wbe"]), "shop.wbe is no process of the catalogue; it has shop.web, shop.worker"),
        (archive(processes=["shop.web", "shop.web"]), "shop.web is there twice; take one"),
        (archive(processes=["shop.web"] * (MOST_PROCESSES + 1)), "logs/archive/processes"),
        (archive(expire_after=30), "expire_after 30 is not after infrequent_after 30; make it longer"),
        (archive(infrequent_after=29), "logs/archive/infrequent_after: 29 will not do"),
        (archive(concurrency=0), "logs/archive/concurrency: 0 will not do"),
        (archive(without=[""]), "logs/archive/without/0"),
        (archive(expire=30), "logs/archive/expire: unknown key; did you mean expire_after?"),
        ({"key": "alias/logs"}, "logs/key: 'alias/logs' is no ARN of a KMS key; copy it"),
        ({"key": KEY.replace("eu-west-1", "eu-west-2")}, "is not in eu-west-1; use a key of that region"),
    ],
)
def test_a_setting_that_can_not_be_used_is_named_with_what_would_do(logs: object, words: str) -> None:
    with refusing() as refused:
        settings(logs)
    refused.says(words)


@given(some.integers(30, 3650), some.integers(1, 36500))
def test_an_object_is_moved_before_it_expires_or_the_settings_are_refused(moved: int, expired: int) -> None:
    given_ = archive(infrequent_after=moved, expire_after=expired)
    if expired > moved:
        assert settings(given_).logs.archive is not None
    else:
        with pytest.raises(SettingsError):
            settings(given_)


@pytest.mark.parametrize(
    ("without", "pattern"),
    [
        ((), ""),
        (("/health/", "GET /ping"), '-"/health/" -"GET /ping"'),
        (('a "word"', "back\\slash", "ü", "%x%", "  ", "/health/"), '-"/health/"'),
        (tuple(f"{number:0200}" for number in range(9)), " ".join(f'-"{number:0200}"' for number in range(5))),
    ],
)
def test_what_a_filter_pattern_can_say_cloudwatch_leaves_out_itself(without: tuple[str, ...], pattern: str) -> None:
    assert Archive(processes=("shop.web",), without=without).filter_pattern == pattern

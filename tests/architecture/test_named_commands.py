import pytest

from tests.architecture.named_commands import HOLE, Named, commands_in, of_code, of_docs, wrong

CODE, DOCS = list(of_code()), list(of_docs())


def test_messages_and_docs_name_commands_at_all() -> None:
    assert len([row for row in CODE if row.strict]) > 80
    assert len(DOCS) > 80
    assert any(row.text.startswith("aws ") for row in CODE)
    assert any(row.text.startswith("make ") for row in DOCS)


def test_every_command_that_is_named_can_be_typed_as_it_stands_there() -> None:
    judged = [(row.place, row.text, wrong(row)) for row in (*CODE, *DOCS)]
    assert [row for row in judged if row[-1]] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("slipway statu dev", "No such command"),
        ("slipway releases outptu dev api", "No such command"),
        ("slipway up", "Missing argument"),
        ("slipway up dev now", "extra argument"),
        ("slipway up makes it", "extra argument"),
        ("slipway deploy dev api --imag x", "No such option"),
        ("slipway deploy dev api", "either --image or --config-only"),
        (f"slipway deploy {HOLE} {HOLE} --image", "requires an argument"),
        (f"slipway lock show {HOLE}", "Missing argument"),
        (f"slipway cancel {HOLE} {HOLE} --timeout 5", "No such option"),
        ("slipway scale dev api", "Missing argument"),
        ("slipway deploy dev api --image x --timeout soon", "should be a valid integer"),
        ("slipway sandbox", "names no command"),
        ("aws ecs describe-service --cluster dev", "no operation"),
        ("aws ecs describe-services --cluster dev --service web", "no --service"),
        ("aws ecs describe-services", "lacks --services"),
        ("aws secretsmanager restore-secret", "lacks --secret-id"),
        ("make demonstration", "the Makefile has no demonstration"),
    ],
)
def test_one_that_can_not_is_found(text: str, reason: str) -> None:
    assert reason in wrong(Named("a message", text, strict=True))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Run `slipway up dev` first.", ["slipway up dev"]),
        (
            "Look: slipway status dev api. To end it: slipway cancel dev api",
            ["slipway status dev api", "slipway cancel dev api"],
        ),
        ("see it (slipway lock show dev api), then go on", ["slipway lock show dev api"]),
        ("what they make of it is not asked, nor which aws account", []),
    ],
)
def test_a_command_ends_where_the_sentence_goes_on(text: str, found: list[str]) -> None:
    assert list(commands_in(text)) == found

"""Fields with credentials are masked, and no part of a masked value remains."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from zenpro_nb.security import secret
from zenpro_nb.security.masking import drop, hides, is_secret, mask
from zenpro_nb.security.secret import Secret, contains_known_secret, scrub, scrub_data

# From the OAuth 2.0 specifications (RFC 6749, 7009, 7523, 8628), OpenID Connect, and the API's own fields: each is
# enough to act as another user.
CREDENTIALS = (
    "access_token",
    "activation_token",
    "api_key",
    "api_token",
    "authorization",
    "client_secret",
    "csrf_token",
    "device_code",
    "enrollment_key",
    "id_token",
    "password",
    "private_key",
    "refresh_token",
    "secret_key",
)


@pytest.mark.parametrize("field", CREDENTIALS)
def test_each_field_with_a_credential_is_masked_in_every_spelling(field: str) -> None:
    first, *rest = field.split("_")
    camel = first + "".join(word.capitalize() for word in rest)
    for name in (field, field.upper(), field.replace("_", "-"), camel):
        answer = {"id": "1", name: "hunter2-hunter2", "body": [{name: "hunter2-hunter2"}]}
        assert is_secret(name)
        assert mask(answer) == {"id": "1", name: "***", "body": [{name: "***"}]}
        assert drop(answer) == {"id": "1", "body": [{}]}
        assert hides(("body", name), ())


@pytest.mark.parametrize("longer_first", [True, False])
def test_a_secret_that_is_a_prefix_of_another_is_masked_completely(longer_first: bool) -> None:
    # Several pairs: an order that is correct by chance fails for some of them.
    pairs = [(f"short-secret-{number}-", f"short-secret-{number}-and-its-rest") for number in range(10)]
    living = [Secret(value) for pair in pairs for value in (reversed(pair) if longer_first else pair)]
    text = " ".join(longer for _, longer in pairs)
    assert scrub(text) == " ".join(["***"] * len(pairs))
    assert contains_known_secret(text)
    assert len(living) == 2 * len(pairs)


@pytest.mark.parametrize("part", ["ZENPROKEY_abc", "abcdef", "_abcdefghi", "bcdefgh"])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_secret_that_is_part_of_another_does_not_uncover_the_rest(part: str, is_known: bool) -> None:
    whole = "ZENPROKEY_abcdefghij"
    living = [Secret(part), *[Secret(whole)] * is_known]
    assert part in whole
    assert scrub(f"the key {whole} and {part}") == "the key *** and ***"
    assert len(living) == 1 + is_known


def test_the_user_name_before_a_password_is_masked_too() -> None:
    living = Secret("pass/word")
    assert scrub(f"https://ada:{living.reveal()}@pro.example.com") == "https://***@pro.example.com"


@pytest.mark.parametrize("spelled", [str, quote, lambda value: quote(value, safe=""), quote_plus])
def test_a_secret_is_masked_as_urls_spell_it(spelled: Callable[[str], str]) -> None:
    living = Secret("of no known shape/with+signs=and blanks")
    text = f"GET https://pro.example.com/x?next={spelled(living.reveal())}&page=2"
    assert scrub(text) == "GET https://pro.example.com/x?next=***&page=2"


def test_data_is_searched_once_and_each_text_only_if_it_contains_a_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Secret("of a\nfile, with two lines")
    searched: list[str] = []
    monkeypatch.setattr(secret, "scrub", lambda text: searched.append(text) or scrub(text))
    clean = {"command": "teams create ops", "body": {"name": "ops", "size": [1, None, "of a", "file, with two lines"]}}
    assert scrub_data({"id": "1", "body": [{"name": "ops"}]}) == {"id": "1", "body": [{"name": "ops"}]}
    assert len(searched) == 1
    assert scrub_data(clean) == clean
    data = {"ZENKEY_abc": ["Bearer ", "abcdefgh1", {"url": f"https://ada:pass@x.io/?{known.reveal()}"}], "n": 1}
    assert scrub_data(data) == {"***": ["Bearer ", "abcdefgh1", {"url": "https://***@x.io/?***"}], "n": 1}

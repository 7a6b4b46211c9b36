"""A spelled line is parsed to the same values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zenpro_nb.syntax.line import expand, split
from zenpro_nb.syntax.placeholders import Placeholders
from zenpro_nb.syntax.unparse import quoted


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u2028\u2029\x85")))
def test_any_text_survives_the_line(text: str) -> None:
    values = Placeholders()
    words = [values.resolve(word) for word in expand(split(f"get {quoted(text)} --yes"), {}, values)]
    assert words == ["get", text, "--yes"]


@given(st.text(st.sampled_from("'\"${}#; -ax=")))
def test_every_character_with_a_meaning_survives(text: str) -> None:
    values = Placeholders()
    (word,) = expand(split(quoted(text)), {}, values)
    assert values.resolve(word) == text

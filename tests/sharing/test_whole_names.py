"""Only whole names and addresses are replaced: a longer word that begins with one is a different word."""

from __future__ import annotations

import re

import pytest

from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms
from zenpro_nb.sharing.words.matching import Matcher


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ada Love", "Ada Lovelace"),
        ("Rosa Park", "Rosa Parking GmbH"),
        ("Kim Lee", "kim leeway"),
        ("Zoe Å", "Zoe Ångström"),
        ("Jan de Wit", "Jan de Witte"),
    ],
)
def test_a_name_is_not_replaced_inside_a_longer_word(name: str, text: str) -> None:
    people = Pseudonyms([NamedPerson("someone@corp.example", {name})])
    # A single name part that is a word may be replaced, but never part of a word.
    last = text.split()[-1]
    assert last in people.replace_in(text).split()
    assert name not in people.replace_in(f"{name}, {text}").split(",")[0]


def test_an_address_is_not_replaced_inside_a_longer_one() -> None:
    matcher = Matcher()
    matcher.add("bob@corp.co", "wren@pseudonym.example")
    text = "bob@corp.co, bob@corp.com, bob@corp.coop and <bob@corp.co>"
    found = [text[start:end] for start, end, _, _ in matcher.find(text)]
    assert found == ["bob@corp.co", "bob@corp.co"]
    assert [start for start, *_ in matcher.find(text)] == [0, text.rindex("bob@")]


@pytest.mark.parametrize("text", ["mada love", "x_ada love", "ada love", "ada love2"])
def test_letters_and_digits_around_a_name_belong_to_the_word(text: str) -> None:
    matcher = Matcher()
    matcher.add("ada love", "Robin Alder")
    assert [term for *_, term, _ in matcher.find(text)] == (["ada love"] if text in ("ada love", "x_ada love") else [])


def test_people_of_the_same_name_have_two_pseudonyms() -> None:
    """Otherwise counts would change, and a pseudonym would stand for the wrong account."""
    addresses = ["alex.morgan@corp.example", "alex.morgan2@corp.example"]
    people = Pseudonyms([NamedPerson("", {"Alex Morgan"}), *(NamedPerson(text, {"Alex Morgan"}) for text in addresses)])
    made_up = [people.replace_in(text) for text in addresses]
    assert len(set(made_up)) == 2
    assert [people.real(text) for text in made_up] == addresses
    assert people.replace_in("Alex Morgan").lower().replace(" ", ".") == made_up[0].partition("@")[0]


@pytest.mark.parametrize("layout", ["{address}  {name}  x", "{name}  {address}", "<td>{address}</td>\n<td>{name}</td>"])
def test_in_its_row_a_name_belongs_to_the_address_next_to_it(layout: str) -> None:
    addresses = ["alex.morgan@corp.example", "alex.morgan2@corp.example"]
    people = Pseudonyms(NamedPerson(text, {"Alex Morgan"}) for text in addresses)
    rows = [layout.format(address=text, name="Alex Morgan") for text in (*addresses, *addresses[::-1])]
    for row in people.replace_in("\n".join(rows)).replace("</td>\n", "</td>").splitlines():
        account = re.findall(r"(\w+)\.(\w+)@", row)[0]
        assert " ".join(account).title() in row, row


def test_a_cut_name_keeps_its_case() -> None:
    people = Pseudonyms([NamedPerson("zelda.quackenbush@corp.example", {"Zelda Quackenbush"})])
    assert people.replace_in("zelda.qua…").islower()
    assert people.replace_in("Zelda Qua…").istitle()

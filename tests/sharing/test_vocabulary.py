"""Ordinary words are not people: columns, roles, job titles and states stay, next to an address or in a name."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from tests.sharing.canaries import code, data, notebook, stream
from zenpro_nb import frames
from zenpro_nb.resources import RESOURCES
from zenpro_nb.resources.control_plane import USERS
from zenpro_nb.sharing import cleaning, notebook_file
from zenpro_nb.sharing.checks import scan_notebook
from zenpro_nb.sharing.people.named_people import NamedPerson
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms
from zenpro_nb.sharing.words.vocabulary import ORDINARY

CARD = "  signed in as  ada@corp-canary.io (Ada Lovelace, superuser)\n  organization  acme"
PEOPLE = (
    ("ada@corp-canary.io", "Ada Lovelace", "Head of Platform"),
    ("alan@corp-canary.io", "Alan Turing", "Auditor"),
    ("mary@corp-canary.io", "Mary Shelley", "Accountant"),
    ("curie@corp-canary.io", "Marie Curie", "Glassblower Foreman"),  # in no list of job titles
)
REAL = ("lovelace", "turing", "shelley", "curie", "corp-canary")


def users(*columns: str) -> pd.DataFrame:
    rows = [
        {
            "id": f"{at:032x}",
            "email": email,
            "name": name,
            "username": email,
            "is_superuser": at == 0,
            "job_title": title,
        }
        for at, (email, name, title) in enumerate(PEOPLE)
    ]
    frame = frames.from_records(USERS, rows, list(columns) or None)
    frames.describe(frame, server="https://pro.example.com", route="/users", time=pd.Timestamp.now("UTC"))
    return frame


SHORT = ("email", "name", "job_title", "is_superuser")
PLACES = {
    "the status card": lambda: stream(CARD),
    "text of a frame": lambda: code(**{"text/plain": frames.text(users(*SHORT), 200)}),
    "HTML of a frame": lambda: data("text/html", frames.html(users(*SHORT))),
    "pandas' own text": lambda: stream(users(*SHORT).to_string()),
    "pandas' own HTML": lambda: data("text/html", users(*SHORT).to_html()),
    "job titles next to addresses": lambda: stream(users("job_title", "email").to_string()),
    "addresses next to job titles": lambda: data("text/html", users("email", "job_title").to_html()),
    "CSV": lambda: stream(users(*SHORT).to_csv(index=False)),
    "lines": lambda: stream("\n".join(f"{title} {name} <{email}>" for email, name, title in PEOPLE)),
    "records": lambda: stream(repr(users(*SHORT).to_dict("records"))),
}


@pytest.mark.parametrize("make", PLACES.values(), ids=PLACES)
def test_job_titles_and_columns_stay(make: object) -> None:
    cells = [make(), stream(CARD), stream(users(*SHORT).to_string())]  # type: ignore[operator]
    document = notebook(*cells)
    copy = cleaning.with_pseudonyms(document)
    before = "\n".join(text.words for text in notebook_file.texts(document))
    after = "\n".join(text.words for text in notebook_file.texts(copy))
    assert not [name for name in REAL if name in after.casefold()], after
    for words in ("superuser", "is_superuser", "job_title", *(title for *_, title in PEOPLE)):
        assert after.count(words) == before.count(words), (words, after)
    found = [finding.problem for finding in scan_notebook(document) if finding.check == "person"]
    listed = {word.casefold() for problem in found for word in re.findall(r"\w+", problem)}
    assert found
    assert not listed & {"superuser", "head", "platform", "auditor", "accountant", "glassblower", "foreman"}


@pytest.mark.parametrize("word", sorted({"superuser", "auditor", "platform", "head", "viewer", "email", "status"}))
def test_an_account_that_is_an_ordinary_word_stays_as_a_word(word: str) -> None:
    people = Pseudonyms([NamedPerson(f"{word}@corp.io", {f"{word.title()} Admin"}), NamedPerson("x@corp.io", {word})])
    text = f"is_{word}, {word}, {word.upper()}, {word.title()} of Platform"
    assert people.replace_in(text) == text
    assert "corp.io" not in people.replace_in(f"{word}@corp.io")


def test_every_column_of_ours_is_an_ordinary_word() -> None:
    words = {
        word
        for table in RESOURCES.values()
        for column in table.columns
        for word in re.findall(r"[a-z]{3,}", column.name)
    }
    people = Pseudonyms([NamedPerson(f"{word}@corp.io", {f"Zelda {word.title()}"}) for word in words])
    assert [word for word in words if people.replace_in(word) != word] == []
    assert len(words) > 150


def test_a_surname_that_is_an_ordinary_word_is_replaced_in_the_whole_name() -> None:
    people = Pseudonyms([NamedPerson("zh@corp.io", {"Zelda Head"})])
    assert "head" in ORDINARY
    assert "Zelda" not in people.replace_in("Zelda Head, Head of Platform")
    assert people.replace_in("Zelda Head, Head of Platform").endswith(", Head of Platform")


def test_names_after_more_names_are_known_stay() -> None:
    """A real name that is a word of somebody's pseudonym does not change that pseudonym."""
    people = Pseudonyms(key=b"key")
    first = people.replace_in("ada@corp.io")
    made_up = first.partition("@")[0].split(".")
    people.add(NamedPerson("other@corp.io", {f"{made_up[0].title()} {made_up[1].title()}sen"}))
    people.add(NamedPerson("third@corp.io", {f"Zelda {made_up[1].title()}"}))
    again = people.replace_in("ada@corp.io")
    assert again == first
    assert people.replace_in(again) == first
    assert people.replace_in(f"seen: {first}, {made_up[0].title()} {made_up[1].title()}").count(made_up[0]) == 1

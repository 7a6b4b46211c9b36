"""A person has one pseudonym in a session, whichever command names the person first."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from tests.shell.conftest import Shell
from zenpro_nb.sharing.people.pseudonyms import Pseudonyms

PERSON = re.compile(r"([\w.]+@pseudonym\.example)\W+([A-Z]\w+ [A-Z]\w+)")
ADDRESS = re.compile(r"[\w.]+@pseudonym\.example")
NAME = re.compile(r"[A-Z][a-z]+ [A-Z][a-z]+")
PEOPLE = ("ada@example.com", "alex.morgan2@example.com", "grace@example.com")

Seen = dict[str, set[str]]


def display_text(shell: Shell, value: Any) -> str:
    data, _ = shell.ip.display_formatter.format(value)
    return str(data["text/plain"])


def whole(shell: Shell) -> Seen:
    frame = shell.run("%zenpro users --limit 60 --sort email --columns email,name")
    rows = PERSON.findall(display_text(shell, frame))
    return {email: {address, name} for email, (address, name) in zip(frame.email, rows, strict=True)}


def sql(shell: Shell) -> Seen:
    by_address = {}
    for person in PEOPLE:
        shell.ip.user_ns["person"] = person
        frame = shell.run('%zenpro sql "SELECT email, name FROM users WHERE email = $person"')
        (seen,) = PERSON.findall(display_text(shell, frame))
        assert seen == (frame.email[0], frame.name[0])
        by_address[person] = set(seen)
    return by_address


def addresses(shell: Shell) -> Seen:
    frame = shell.run("%zenpro users --limit 60 --sort email --columns email")
    return {
        email: {found} for email, found in zip(frame.email, ADDRESS.findall(display_text(shell, frame)), strict=True)
    }


def names(shell: Shell) -> Seen:
    frame = shell.run("%zenpro users --limit 60 --sort email --columns email,name")
    display = display_text(shell, frame[["name"]])
    return {
        email: {name}
        for email, name in zip(frame.email, NAME.findall(display), strict=True)
        if not email.startswith("alex.morgan")  # a name alone does not tell which of the two it is
    }


def access(shell: Shell) -> Seen:
    first_lines = {
        person: display_text(shell, shell.run(f"%zenpro access {person}")).splitlines()[0] for person in PEOPLE
    }
    return {person: {ADDRESS.findall(line)[0], line.split(" · ")[1]} for person, line in first_lines.items()}


def card(shell: Shell) -> Seen:
    line = next(line for line in display_text(shell, shell.run("%zenpro")).splitlines() if "signed in as" in line)
    found = PERSON.search(line)
    assert found is not None, line
    assert line.endswith(", superuser)")
    return {"ada@example.com": set(found.groups())}


STEPS: tuple[Callable[[Shell], Seen], ...] = (card, addresses, names, sql, access, whole)
ORDERS = [STEPS]
SLOW = [steps for steps in permutations(STEPS) if steps[0] is not card][::97]
SLOW.append(STEPS[::-1])


@pytest.mark.parametrize(
    "steps",
    [*ORDERS, *(pytest.param(steps, marks=pytest.mark.slow) for steps in SLOW)],
    ids=lambda steps: "-".join(step.__name__ for step in steps),
)
def test_a_person_has_one_pseudonym(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, steps: tuple[Callable[[Shell], Seen], ...]
) -> None:
    monkeypatch.setattr("zenpro_nb.sharing.people.pseudonyms.secrets.token_bytes", lambda size: b"k" * size)
    shell.run("%zenpro pseudonyms on")
    seen: Seen = {}
    for step in steps:
        for person, words in step(shell).items():
            seen.setdefault(person, set()).update(words)
    several = {person: words for person, words in seen.items() if len(words) != 2}
    assert not several
    assert len({frozenset(words) for words in seen.values()}) == len(seen)
    # The same in every order, because the key is the same.
    key = Pseudonyms(key=b"k" * 32)
    assert [key.replace_in(person) in seen[person] for person in PEOPLE] == [True] * len(PEOPLE)

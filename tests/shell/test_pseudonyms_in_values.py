"""With pseudonyms on, `export` is refused, and the results of `api --json` and `sql` contain no real person."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.shell.conftest import Shell
from zenpro_nb.errors import UsageError

ON = "%config ZenProMagics.pseudonyms = True"
OFF = "%config ZenProMagics.pseudonyms = False"
REAL = ("ada", "lovelace", "linus", "pauling", "example.com")


@pytest.fixture
def masked_shell(shell: Shell) -> Shell:
    shell.run(ON)
    return shell


def nobody(value: Any) -> bool:
    text = value.to_json() if hasattr(value, "to_json") else repr(value)
    text = re.sub(r"[0-9a-f-]{36}", "", text.casefold())  # ids, whose letters may happen to spell a name
    return not [name for name in REAL if name in text]


@pytest.mark.parametrize("file", ["", "access.yaml --yes", "-"])
def test_export_is_refused_and_names_the_option(
    masked_shell: Shell, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error = masked_shell.error(f"%zenpro export {file}")
    assert isinstance(error, UsageError)
    assert "`%zenpro pseudonyms off`" in error.hint
    assert not list(tmp_path.iterdir())
    masked_shell.run(OFF)
    assert "ada@example.com" in str(masked_shell.run("%zenpro export"))


@pytest.mark.parametrize("path", ["/users/me", "/users", "/organizations/{{organization_id}}/members"])
def test_the_json_of_a_route_contains_no_real_person(masked_shell: Shell, path: str) -> None:
    line = f"%zenpro api GET {path} --json"
    pseudonymizer = masked_shell.run(line)
    assert "pseudonym.example" in repr(pseudonymizer)
    assert "example.com" not in repr(pseudonymizer).replace("pseudonym.example", "")
    assert not [name for name in ("Lovelace", "Pauling") if name in repr(pseudonymizer)]
    masked_shell.run(OFF)
    assert "@example.com" in repr(masked_shell.run(line))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT email FROM users",
        "SELECT split_part(email, '@', 1) AS part FROM users",
        "SELECT upper(name) AS shouted, substr(email, 1, 6) AS begun, reverse(reverse(name)) AS same FROM users",
        "SELECT string_agg(substr(email, 2, 30), ' ') AS all_of_them FROM users",
        "SELECT 'x' || name || 'x' AS joined FROM users",
        "SELECT email[1:8] AS cut, list(name) AS names FROM users GROUP BY email",
        "SELECT to_json(u) AS whole FROM users u",
        "SELECT split_part(principal, '@', 1) AS who, upper(role) AS role FROM assignments",
        "SELECT lower(email) AS who FROM mine",
    ],
)
def test_no_expression_of_a_query_shows_a_real_person(masked_shell: Shell, query: str) -> None:
    masked_shell.run("mine = %zenpro users --limit 200")
    frame = masked_shell.run(f'%zenpro sql "{query}"')
    assert len(frame)
    assert nobody(frame), frame.to_string()
    masked_shell.run(OFF)
    assert not nobody(masked_shell.run(f'%zenpro sql "{query}"'))


def test_joins_and_counts_stay_and_addresses_in_a_query_are_understood(masked_shell: Shell) -> None:
    joined = '%zenpro sql "SELECT count(*) AS n FROM users u JOIN team_members t ON u.id = t.user_id"'
    named = "%zenpro sql \"SELECT count(*) AS n FROM users WHERE email = 'ada@example.com'\""
    bound = '%zenpro sql "SELECT count(*) AS n FROM users WHERE email = $who"'
    masked_shell.run("who = 'ada@example.com'")
    counts = [masked_shell.run(line).n[0] for line in (joined, named, bound)]
    masked_shell.run(OFF)
    assert counts == [masked_shell.run(line).n[0] for line in (joined, named, bound)]
    assert counts[1:] == [1, 1]


def test_a_person_has_one_pseudonym_in_lists_and_queries(masked_shell: Shell) -> None:
    rows = masked_shell.run("%zenpro sql \"SELECT email FROM users WHERE email = 'ada@example.com'\"")
    (shown, _) = masked_shell.ip.display_formatter.format(masked_shell.run("%zenpro users get ada@example.com"))
    assert rows.email[0] in shown["text/plain"]


def test_a_word_before_an_address_is_not_taken_for_a_name(masked_shell: Shell) -> None:
    pseudonymizer = masked_shell.ip.magics_manager.registry["ZenProMagics"].notebook._pseudonymizer
    said = pseudonymizer.text("✓ Done: grace@example.com as Organization Viewer in acme. outcome done")
    assert said.startswith("✓ Done: ")
    assert said.endswith("@pseudonym.example as Organization Viewer in acme. outcome done")
    assert pseudonymizer.text("Done: done") == "Done: done"

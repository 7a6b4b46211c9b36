"""Lines that newcomers type first, and the error that names the right command. Guesses are never executed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import errors
from zenpro_nb.client import Client
from zenpro_nb.commands.synonyms import SYNONYMS
from zenpro_nb.commands.tool.line_check import checker
from zenpro_nb.commands.tree import tree
from zenpro_nb.syntax.suggestions import near

GUESSES = [
    # other words for a verb
    ("invitations delete ada@example.com", "Use `%zenpro invitations revoke ada@example.com`."),
    ("invitations cancel", "`%zenpro invitations revoke`"),
    (
        "users remove ada@example.com",
        "Use `%zenpro members remove ada@example.com` or `%zenpro users deactivate ada@example.com`.",
    ),
    ("users rm ada@example.com", "or `%zenpro users deactivate ada@example.com`."),
    ("users show ada@example.com", "`%zenpro users get ada@example.com`"),
    ("users disable ada@example.com", "`%zenpro users deactivate ada@example.com`"),
    (
        "users invite new@example.com",
        "`%zenpro invitations create --role 'Organization Member' --email new@example.com`",
    ),
    ("users add", "--email EMAIL`"),
    ("members add new@example.com", "`%zenpro invitations create"),
    ("workspaces stop ml-prod", "Use `%zenpro workspaces deactivate ml-prod`."),
    ("workspaces activate ml-prod", "Use `%zenpro workspaces deploy ml-prod`."),
    ("workspaces use ml-prod", "`%zenpro use workspace ml-prod`"),
    ("workspaces users ml-prod", "`%zenpro workspaces members ml-prod`"),
    ("roles grant", "`%zenpro roles assign`"),
    ("assignments delete", "`%zenpro roles revoke`"),
    ("runs cancel nightly", "`%zenpro runs stop nightly`"),
    ("api-keys new", "`%zenpro api-keys create`"),
    ("api-keys revoke ci", "`%zenpro api-keys deactivate ci` or `%zenpro api-keys delete ci`"),
    ("form invitations delete", "`%zenpro form invitations revoke`"),
    # another order
    ("list users", "To list, use it alone: `%zenpro users`"),
    ("list all users", "To list, use the noun alone: `%zenpro users`"),
    ("users list", "To list, use the noun alone: `%zenpro users`"),
    ("get users ada@example.com", "Use `%zenpro users get ada@example.com`."),
    ("get user ada@example.com", "Use `%zenpro users get ada@example.com`."),
    ("show users", "To list, use it alone: `%zenpro users`"),
    ("create workspace ml-test", "Use `%zenpro workspaces create ml-test`."),
    (
        "create user new@example.com",
        "`%zenpro invitations create new@example.com` or `%zenpro users create new@example.com`",
    ),
    ("delete team ops", "Use `%zenpro teams delete ops`."),
    ("remove user ada@example.com", "`%zenpro members remove ada@example.com` or `%zenpro users deactivate ada@"),
    ("delete", "The noun comes first, as in `%zenpro users delete`"),
    ("rm", "The noun comes first, as in"),
    ("add", "The noun comes first, as in"),
    # nouns
    ("user", "Did you mean 'users'?"),
    ("workspace", "Did you mean 'workspaces'?"),
    ("org", "Did you mean 'organizations'?"),
    ("people", "Did you mean 'users'?"),
    ("tenants", "Did you mean 'workspaces'?"),
    ("service_account", "Did you mean 'service-accounts'?"),
    ("whoami", "Did you mean 'me'?"),
    ("users ada@example.com", "`%zenpro users get ada@example.com`"),
    ("grant", "Use `%zenpro roles assign`."),
    ("invite new@example.com", "`%zenpro invitations create --role 'Organization Member' --email new@example.com`"),
    ("switch acme", "`%zenpro use organization acme` or `%zenpro use workspace acme`"),
    # the tool itself
    ("version", "`%zenpro --version`"),
    ("quit", "nothing to quit"),
    ("exit", "nothing to quit"),
    ("status", "what is in use. Then list the accounts with `%zenpro users`."),
    ("?", "`%zenpro --help`"),
    ("users ?", "`%zenpro users --help`"),
    ("help usres", "Did you mean 'users'?"),
    # a shell
    ("users > out.csv", "Use `%zenpro users --save out.csv`"),
    ("users >out.csv", "Use `%zenpro users --save out.csv`"),
    ("users --limit 5 >> out.csv", "Use `%zenpro users --limit 5 --save out.csv`"),
    ("users get ada@example.com > out.csv", "Use `%zenpro users get ada@example.com --save out.csv`"),
    ("users | head", "Use `%zenpro users --limit 10`"),
    ("teams members ops | head", "Use `%zenpro teams members ops --limit 10`"),
    ("users | sort", "--limit N, or .head()"),
    # options
    ("users --is_active false", "Use `%zenpro users --inactive`."),
    ("users --is-active true", "Use `%zenpro users --active`."),
    ("users --is_superuser true", "Use `%zenpro users --where is_superuser=true`."),
    ("users --company Acme", "Use `%zenpro users --where company=Acme`."),
    ("users --filter name=ada", "Use `%zenpro users --where name=ada`."),
    ("users --days 7", "`%zenpro users --idle 7d`."),
    ("runs --after 7d", "Use `%zenpro runs --since 7d`."),
    ("users --all", "lists are always complete"),
    ("users --page 2", "lists are always complete"),
    ("users --json", "Use `%zenpro users --save users.json`."),
    ("users --format csv", "Use `%zenpro users --save users.csv`."),
    ("users --out users.csv", "--out users.csv is a file, not a variable. Use `%zenpro users --save users.csv`."),
    ("teams create Out --out out.csv", "Use `%zenpro teams create Out --out out`."),
    ("users --output users.csv", "Use `%zenpro users --save users.csv`."),
    ("users -n 5", "Use `%zenpro users --limit 5`."),
    ("users --order-by name", "Use `%zenpro users --sort name`."),
    ("users --fields name", "Use `%zenpro users --columns name`."),
    ("members --organization acme", "Use `%zenpro members --org acme`."),
    ("api-keys --user ada@example.com", "--service-account NAME"),
    ("users --role Viewer", "`%zenpro assignments --role Viewer`"),
    ("teams delete ops --force", "Use `%zenpro teams delete ops --yes`."),
    ("teams delete ops --dryrun", "Did you mean '--dry-run'?"),
    ("teams delete ops --what-if", "Use `%zenpro teams delete ops --dry-run`."),
    ("teams delete ops --silent", "Use `%zenpro teams delete ops --quiet`."),
    ("users --output json", "Use `%zenpro users --save users.json`."),
    ("users -o users.xlsx --limit 3", "Use `%zenpro users --save users.xlsx --limit 3`."),
    ("users --excel", "Use `%zenpro users --save users.xlsx`."),
    ("users --query Acme", "Use `%zenpro users --where email~Acme`."),
    ("users --filter", "Use `%zenpro users --where email~a`."),
    ("users --all --limit 3", "Use `%zenpro users --limit 3`."),
    ("users --page 2 --limit 3", "Use `%zenpro users --limit 3`."),
    ("users --yes", "never asks for confirmation. Use `%zenpro users`."),
    ("users --dry-run", "changes nothing in the organization. Use `%zenpro users`."),
    ("users -q --limit 3", "Use `%zenpro users --limit 3`."),
    ("runs --all --status failed", "Use `%zenpro runs --workspace all --status failed`."),
    ("runs --last 7", "Use `%zenpro runs --since 7d`."),
    ("runs --from 7d --limit 3", "Use `%zenpro runs --since 7d --limit 3`."),
    ("runs --limit 3 --since", "For example: `%zenpro runs --limit 3 --since 30d`."),
    ("users --where", "For example: `%zenpro users --where email~a`."),
    ("teams create --name Research --dry-run", "Use `%zenpro teams create Research --dry-run`."),
    ("teams members --team Platform", "Use `%zenpro teams members Platform`."),
    ("teams add Platform --member ada@example.com", "Use `%zenpro teams add Platform --user ada@example.com`."),
    ("teams --user ada@example.com", "Use `%zenpro access ada@example.com`."),
    ("users deactivate --email ada@example.com", "Use `%zenpro users deactivate ada@example.com`."),
    ("users offboard ada@example.com --reason left", "Use `%zenpro users offboard ada@example.com`."),
    ("export --out access.yaml", "Use `%zenpro export access.yaml`."),
    ("apply --file access.yaml", "Use `%zenpro apply access.yaml`."),
    ("assignments --email ada@example.com", "Use `%zenpro assignments --user ada@example.com`."),
    (
        "roles assign --role 'Workspace Viewer' --user ada@example.com --workspace ml-prod",
        "Use `%zenpro roles assign 'Workspace Viewer' --user ada@example.com --workspace ml-prod`.",
    ),
    (
        "reviews decide q4 --row 2 --keep --reason 'still needed'",
        "Use `%zenpro reviews decide q4 --row 2 --keep --because 'still needed'`.",
    ),
    ("users --pseudonyms --limit 3", "Use `%zenpro pseudonyms on`, and then `%zenpro users --limit 3`."),
    ("notebooks publish mine.ipynb --out copy.ipynb", "Use `%zenpro notebooks share mine.ipynb --out copy.ipynb`."),
    ("usres --limit 3", "Did you mean 'users'? Use `%zenpro users --limit 3`."),
    ("users list --limit 3", "`%zenpro users --limit 3`"),
    ("login --token abc", "Secrets are never typed"),
    ("users --verbose", "`%zenpro journal`"),
    ("users --profile prod", "`%zenpro use` shows"),
]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every request."""
    seen: list[Any] = []
    original = Client._perform

    def record(self: Client, call: Any) -> Any:
        seen.append(call)
        return original(self, call)

    monkeypatch.setattr(Client, "_perform", record)
    return seen


@pytest.mark.parametrize(("line", "answer"), GUESSES, ids=[guess[0] for guess in GUESSES])
def test_a_guess_gets_the_right_word(shell: Shell, requests: list[Any], line: str, answer: str) -> None:
    error = shell.error(f"%zenpro {line}")
    assert type(error) is errors.UsageError
    assert answer in str(error)
    assert "\n" not in str(error)
    assert requests == []


@pytest.mark.parametrize(("line", "answer"), GUESSES, ids=[guess[0] for guess in GUESSES])
def test_each_line_of_an_answer_fits_its_command(line: str, answer: str) -> None:
    check = checker(tree)
    for suggested in re.findall(r"`%zenpro ?([^`]*)`", answer):
        problems = [f"{found.problem} {found.fix}" for found in check(suggested, None) if found.check != "interactive"]
        # A guess without the object cannot name it.
        assert [text for text in problems if "Missing argument" not in text] == []


@pytest.mark.parametrize("words", ["", "users", "teams delete", "form teams"])
def test_help_as_a_word_shows_the_help(
    shell: Shell, requests: list[Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run(f"%zenpro help {words}") is None
    output = capsys.readouterr().out
    assert shell.run(f"%zenpro {words} --help") is None
    assert output == capsys.readouterr().out
    assert f"Usage: %zenpro {words}".strip() in output
    assert requests == []


def test_help_as_a_word_runs_nothing(shell: Shell, requests: list[Any]) -> None:
    shell.run("%zenpro help teams delete -- -- --yes")
    assert requests == []


def test_the_objects_in_use(shell: Shell) -> None:
    shown = repr(shell.run("%zenpro use"))
    assert "organization  acme" in shown
    assert "workspace     not selected" in shown
    assert "%zenpro use workspace NAME" in shown
    shell.run("%zenpro use workspace ml-prod")
    assert "workspace     ml-prod" in repr(shell.run("%zenpro use"))
    assert len(shown.splitlines()) < 12


def test_each_word_of_the_table_leads_to_a_line_that_is_there() -> None:
    for typed, told in SYNONYMS.lines.items():
        for line in () if isinstance(told, str) else told:
            if line.startswith("--"):
                continue
            node: Any = tree
            for word in [word for word in line.split(" --")[0].split() if word.islower()]:
                assert word in node.commands, (typed, line)
                node = node.commands[word]
    assert set(SYNONYMS.nouns.values()) <= set(tree.commands)
    verbs = {verb for group in tree.commands.values() for verb in getattr(group, "commands", ())}
    assert set(SYNONYMS.verbs) <= verbs


def test_no_word_of_the_table_hides_one_that_is_there() -> None:
    assert not set(SYNONYMS.nouns) & set(tree.commands)


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("grase@example.com", ["grace@example.com", "grant@example.com"], ["grace@example.com"]),
        ("nobody@example.com", ["bob@example.com", "ada@example.com"], []),
        ("zoe@example.com", ["joe@example.com", "ada@example.com"], []),
        ("ada@exmaple.com", ["ada@example.com", "ava@example.org"], ["ada@example.com"]),
        ("ada", ["ada@example.com", "grace@example.com"], ["ada@example.com"]),
        ("Linus", ["Linda", "Ada Lovelace"], []),
        ("Ada Byron", ["Ada Lovelace"], []),
        ("Workspace Wiever", ["Workspace Developer", "Workspace Viewer"], ["Workspace Viewer"]),
        ("acem", ["acme", "acme-labs"], ["acme"]),
        ("deactivate", ["delete"], []),
    ],
)
def test_only_near_misses_are_suggested(typed: str, known: list[str], meant: list[str]) -> None:
    assert near(typed, known) == meant

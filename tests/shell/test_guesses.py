"""Lines that newcomers type first, and the error that names the right command. Guesses are never executed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shell.conftest import Shell
from zenpro_nb import errors
from zenpro_nb.client import Client
from zenpro_nb.commands.synonyms import SYNONYMS
from zenpro_nb.commands.tree import tree
from zenpro_nb.syntax.suggestions import near

GUESSES = [
    # other words for a verb
    ("invitations delete ada@example.com", "Use `invitations revoke ada@example.com`."),
    ("invitations cancel", "`invitations revoke`"),
    ("users remove ada@example.com", "Use `members remove` or `users deactivate`."),
    ("users rm ada@example.com", "`users deactivate`"),
    ("users show ada@example.com", "`users get ada@example.com`"),
    ("users disable ada@example.com", "`users deactivate ada@example.com`"),
    ("users invite new@example.com", "`invitations create --role 'Organization Member' --email new@example.com`"),
    ("users add", "--email …`"),
    ("members add new@example.com", "`invitations create"),
    ("workspaces stop ml-prod", "Use `workspaces deactivate ml-prod`."),
    ("workspaces activate ml-prod", "Use `workspaces deploy ml-prod`."),
    ("workspaces use ml-prod", "`use workspace ml-prod`"),
    ("workspaces users ml-prod", "`workspaces members ml-prod`"),
    ("roles grant", "`roles assign`"),
    ("assignments delete", "`roles revoke`"),
    ("runs cancel nightly", "`runs stop nightly`"),
    ("api-keys new", "`api-keys create`"),
    ("api-keys revoke ci", "`api-keys deactivate` or `api-keys delete`"),
    ("form invitations delete", "`invitations revoke`"),
    # another order
    ("list users", "To list, use it alone: `users`"),
    ("list all users", "To list, use the noun alone: `users`"),
    ("users list", "To list, use the noun alone: `users`"),
    ("get users ada@example.com", "Use `users get ada@example.com`."),
    ("get user ada@example.com", "Use `users get ada@example.com`."),
    ("show users", "To list, use it alone: `users`"),
    ("create workspace ml-test", "Use `workspaces create ml-test`."),
    ("create user new@example.com", "`invitations create` or `users create`"),
    ("delete team ops", "Use `teams delete ops`."),
    ("remove user ada@example.com", "`members remove` or `users deactivate`"),
    ("delete", "The noun comes first, as in `users delete`"),
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
    ("users ada@example.com", "`users get ada@example.com`"),
    ("grant", "Use `roles assign`."),
    ("invite new@example.com", "`invitations create --role 'Organization Member' --email new@example.com`"),
    ("switch acme", "`use organization` or `use workspace`"),
    # the tool itself
    ("version", "`--version`"),
    ("quit", "nothing to quit"),
    ("exit", "nothing to quit"),
    ("status", "Run it without a command"),
    ("?", "`--help`"),
    ("users ?", "`users --help`"),
    ("help usres", "Did you mean 'users'?"),
    # a shell
    ("users > out.csv", "Add --save out.csv instead"),
    ("users >out.csv", "Add --save out.csv instead"),
    ("users --limit 5 >> out.csv", "Add --save out.csv instead"),
    ("users get ada@example.com > out.csv", "Add --save out.csv instead"),
    ("users | head", "--limit N, or .head()"),
    ("teams members ops | head", "--limit N, or .head()"),
    # options
    ("users --is_active false", "Use --inactive."),
    ("users --is-active true", "Use --active."),
    ("users --is_superuser true", "Use --where is_superuser=true."),
    ("users --company Acme", "Use --where company=Acme."),
    ("users --filter name=ada", "Use `%zenpro users --where name=ada`."),
    ("users --days 7", "See `%zenpro users --help`."),
    ("runs --after 7d", "Use `%zenpro runs --since 7d`."),
    ("users --all", "lists are always complete"),
    ("users --page 2", "lists are always complete"),
    ("users --json", "Use --as or --save."),
    ("users --format csv", "Use --as or --save."),
    ("users --output users.csv", "Use `%zenpro users --save users.csv`."),
    ("users -n 5", "Use `%zenpro users --limit 5`."),
    ("users --order-by name", "Use `%zenpro users --sort name`."),
    ("users --fields name", "Use `%zenpro users --columns name`."),
    ("members --organization acme", "Use `%zenpro members --org acme`."),
    ("api-keys --user ada@example.com", "--service-account NAME"),
    ("users --role Viewer", "`assignments --role Viewer`"),
    ("teams delete ops --force", "Use --yes."),
    ("teams delete ops --dryrun", "Did you mean '--dry-run'?"),
    ("teams delete ops --what-if", "Use --dry-run."),
    ("teams delete ops --silent", "Use --quiet."),
    ("login --token abc", "Secrets are never typed"),
    ("users --verbose", "`journal`"),
    ("users --profile prod", "`use` shows"),
]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every request."""
    seen: list[Any] = []
    original = Client._perform

    def recorded(self: Client, call: Any) -> Any:
        seen.append(call)
        return original(self, call)

    monkeypatch.setattr(Client, "_perform", recorded)
    return seen


@pytest.mark.parametrize(("line", "answer"), GUESSES, ids=[guess[0] for guess in GUESSES])
def test_a_guess_gets_the_right_word(shell: Shell, sent: list[Any], line: str, answer: str) -> None:
    error = shell.error(f"%zenpro {line}")
    assert type(error) is errors.UsageError
    assert answer in str(error)
    assert "\n" not in str(error)
    assert sent == []


@pytest.mark.parametrize("words", ["", "users", "teams delete", "form teams"])
def test_help_as_a_word_shows_the_help(
    shell: Shell, sent: list[Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run(f"%zenpro help {words}") is None
    shown = capsys.readouterr().out
    assert shell.run(f"%zenpro {words} --help") is None
    assert shown == capsys.readouterr().out
    assert f"Usage: %zenpro {words}".strip() in shown
    assert sent == []


def test_help_as_a_word_runs_nothing(shell: Shell, sent: list[Any]) -> None:
    shell.run("%zenpro help teams delete -- -- --yes")
    assert sent == []


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
